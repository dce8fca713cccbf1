//! The countries that have an account.

use super::Country;

pub(super) const FR: Country = Country {
    code: "FR",
    account: "FR",
    weight: 300,
    languages: "fr, br, oc",
    time_zone: "Europe/Paris",
    titles: ["Mme", "M."],
    women: "Marie, Camille, Léa, Chloé, Manon, Inès, Anaïs, Zoé, Élodie, Aurélie, Céline, Hélène, Françoise, Noémie, \
            Margaux, Maëlys, Solène, Agnès, Clémence, Eugénie, Yasmine, Fatou, Maud, Océane",
    men: "Jean, Lucas, Hugo, Louis, Théo, Gabriel, Raphaël, Étienne, François, Jérôme, Rémi, Benoît, Loïc, Gaël, \
          Cédric, Mickaël, Grégoire, Anselme, Amadou, Karim, Côme, Barthélemy, Ulysse, Maël",
    family: "Martin, Bernard, Dubois, Thomas, Robert, Richard, Petit, Durand, Leroy, Moreau, Simon, Laurent, Lefèvre, \
             Michel, Garcia, David, Bertrand, Roux, Vincent, Fournier, Morel, Girard, André, Mercier, Dupont, Lambert, \
             Bonnet, François, Legrand, Garnier, Faure, Rousseau, Blanc, Guérin, Müller, Chevalier, Diallo, Benoît, \
             Le Goff, d'Aubigné, Bœuf, Châtelain, L'Hôpital, Nguyen, Traoré, Ben Saïd, Etcheverry, L'Haÿ",
    double: ("-", 8),
    cities: "Paris|75011, Lyon|69003, Marseille|13006, Toulouse|31000, Nantes|44000, Lille|59800, Bordeaux|33000, \
             Saint-Étienne|42000, Rennes|35000, Besançon|25000, Nîmes|30000, Orléans|45000",
    streets: "{} rue des Lilas, {} avenue Victor-Hugo, {} place de la République, {} chemin des Écoliers, \
              {} boulevard Gambetta, {} impasse du Moulin, {} rue de l'Église, {} quai des Tanneurs",
    unit: "Bâtiment {}",
    phone: "+3319900####",
    mobile: "+3363998####",
    mail: "courriel.example",
};

pub(super) const DE: Country = Country {
    code: "DE",
    account: "DE",
    weight: 150,
    languages: "de, tr, ru",
    time_zone: "Europe/Berlin",
    titles: ["Frau", "Herr"],
    women: "Anna, Sophie, Lena, Katharina, Jette, Bärbel, Käthe, Leonie, Hannah, Ingrid, Sabine, Ulrike, Jördis, \
            Frieda, Ayşe, Gülsüm, Swantje, Mathilde",
    men: "Lukas, Jonas, Felix, Jürgen, Björn, Günther, Jörg, Sören, Maximilian, Paul, Torsten, Uwe, Mehmet, Götz, \
          Karl-Heinz, Anton, Till, Emre",
    family: "Müller, Schmidt, Schneider, Fischer, Weber, Meyer, Wagner, Becker, Schulz, Hoffmann, Schäfer, Koch, Bauer, \
             Richter, Klein, Wolf, Schröder, Neumann, Schwarz, Zimmermann, Braun, Krüger, Hofmann, Hartmann, Yılmaz, \
             Großmann, Weiß, Jäger, Böhm, von der Heide, Öztürk, Strauß",
    double: ("-", 10),
    cities: "Berlin|10115|Berlin, Hamburg|20095|Hamburg, München|80331|Bayern, Köln|50667|Nordrhein-Westfalen, \
             Frankfurt am Main|60311|Hessen, Düsseldorf|40213|Nordrhein-Westfalen, Leipzig|04109|Sachsen, \
             Nürnberg|90402|Bayern, Görlitz|02826|Sachsen",
    streets: "Hauptstraße {}, Lindenstraße {}, Bahnhofstraße {}, Goethestraße {}, Am Mühlbach {}, Königsallee {}, \
              Kirchgasse {}, Schillerplatz {}",
    unit: "Aufgang {}",
    phone: "+493023125###",
    mobile: "+4917139200##",
    mail: "postfach.example",
};

pub(super) const ES: Country = Country {
    code: "ES",
    account: "ES",
    weight: 100,
    languages: "es, ca, gl, eu",
    time_zone: "Europe/Madrid",
    titles: ["Sra.", "Sr."],
    women: "María, Lucía, Carmen, Sofía, Begoña, Nuria, Inés, Rocío, Montserrat, Itziar, Verónica, Mónica, Íngrid, \
            Concepción, Núria, Xiana",
    men: "Antonio, José, Javier, Íñigo, Jesús, Álvaro, Martín, Ramón, Joaquín, Andrés, Iñaki, Óscar, Jordi, Ángel, \
          Xoán, Nicolás",
    family: "García, Rodríguez, González, Fernández, López, Martínez, Sánchez, Pérez, Gómez, Martín, Jiménez, Ruiz, \
             Hernández, Díaz, Moreno, Muñoz, Álvarez, Romero, Alonso, Gutiérrez, Navarro, Núñez, Ibáñez, Peña, \
             Echeverría, Puigdollers, Castiñeira",
    double: (" ", 60),
    cities: "Madrid|28013|Madrid, Barcelona|08002|Barcelona, Valencia|46002|Valencia, Sevilla|41001|Sevilla, \
             Málaga|29015|Málaga, Bilbao|48001|Bizkaia, A Coruña|15001|A Coruña, León|24001|León",
    streets: "Calle Mayor {}, Avenida de la Constitución {}, Calle del Álamo {}, Plaza de España {}, Paseo de Gracia {}, \
              Travesía de la Peña {}, Calle San Martín {}",
    unit: "Piso {}",
    phone: "+34915######",
    mobile: "+34612######",
    mail: "correo.example",
};

pub(super) const IT: Country = Country {
    code: "IT",
    account: "IT",
    weight: 80,
    languages: "it, de, sl",
    time_zone: "Europe/Rome",
    titles: ["Sig.ra", "Sig."],
    women: "Giulia, Sofia, Aurora, Chiara, Francesca, Alessia, Martina, Beatrice, Noemi, Ludovica, Ilaria, Nicoletta, \
            Zoë, Mariarosaria",
    men: "Marco, Luca, Alessandro, Matteo, Niccolò, Giosuè, Francesco, Davide, Pietro, Salvatore, Michelangelo, Noè, \
          Elia, Gianluca",
    family: "Rossi, Russo, Ferrari, Esposito, Bianchi, Romano, Colombo, Ricci, Marino, Greco, Bruno, Gallo, Conti, \
             De Luca, Mancini, Costa, Giordano, Rizzo, Lombardi, Moretti, D'Angelo, Dell'Acqua, Nardò, Muscarà",
    double: (" ", 3),
    cities: "Roma|00184|RM, Milano|20121|MI, Napoli|80132|NA, Torino|10121|TO, Palermo|90133|PA, Genova|16121|GE, \
             Bologna|40121|BO, Cefalù|90015|PA",
    streets: "Via Roma {}, Via Garibaldi {}, Corso Vittorio Emanuele {}, Piazza del Popolo {}, Viale della Libertà {}, \
              Via dell'Università {}",
    unit: "Scala {}",
    phone: "+390255######",
    mobile: "+39347#######",
    mail: "posta.example",
};

pub(super) const NL: Country = Country {
    code: "NL",
    account: "NL",
    weight: 50,
    languages: "nl, fy",
    time_zone: "Europe/Amsterdam",
    titles: ["Mevr.", "Dhr."],
    women: "Emma, Sanne, Fleur, Anouk, Noëlle, Lieke, Femke, Zoë, Marijke, Danaë, Jorinde, Saïda",
    men: "Daan, Sem, Thijs, Bram, Jeroen, Ruben, Joost, Maarten, Loïs, Sjoerd, Pier, Youssef",
    family: "de Jong, Jansen, de Vries, van den Berg, Bakker, van Dijk, Visser, Smit, Meijer, de Boer, Mulder, de Groot, \
             Bos, Vos, Peters, Hendriks, van Leeuwen, Brouwer, 't Hart, Daniëls, El Amrani, Coën",
    double: ("-", 6),
    cities: "Amsterdam|1012 AB|Noord-Holland, Rotterdam|3011 AD|Zuid-Holland, Utrecht|3511 CE|Utrecht, \
             Eindhoven|5611 EM|Noord-Brabant, Groningen|9711 JN|Groningen, Zoutelande|4374 AA|Zeeland",
    streets: "Dorpsstraat {}, Kerkstraat {}, Molenweg {}, Prinsengracht {}, Stationsplein {}, Oranjelaan {}",
    unit: "{} hoog",
    phone: "+31205######",
    mobile: "+31612######",
    mail: "brievenbus.example",
};

pub(super) const GB: Country = Country {
    code: "GB",
    account: "UK",
    weight: 80,
    languages: "en, cy, gd, pa",
    time_zone: "Europe/London",
    titles: ["Ms", "Mr"],
    women: "Olivia, Amelia, Isla, Charlotte, Grace, Siân, Florence, Chloë, Priya, Eleanor, Mairi, Aaliyah, Harriet, \
            Ffion, Beatrix, Zadie",
    men: "Oliver, George, Arthur, Noah, Harry, Rhys, Callum, Muhammad, Alistair, Ewan, Llŷr, Nigel, Theodore, Ifor, \
          Arjun, Barnaby",
    family: "Smith, Jones, Taylor, Brown, Williams, Wilson, Johnson, Davies, Patel, Robinson, Wright, Thompson, Evans, \
             Walker, White, Roberts, Green, Hall, Wood, Clarke, Khan, MacDonald, O'Neill, St John, Brontë, Featherstone",
    double: ("-", 7),
    cities: "London|SE1 9GF, Manchester|M1 2AB, Birmingham|B1 1BB, Leeds|LS1 4AP, Glasgow|G1 1XQ, Cardiff|CF10 1EP, \
             Belfast|BT1 5GS, Stratford-upon-Avon|CV37 6AH",
    streets: "{} High Street, {} Station Road, {} Church Lane, {} Victoria Terrace, {} The Green, {} King's Parade, \
              {} Mill Lane",
    unit: "Flat {}",
    phone: "+442079460###",
    mobile: "+447700900###",
    mail: "letterbox.example",
};
