//! Countries without an account of their own; three of them write in other scripts.

use super::Country;

pub(super) const BE: Country = Country {
    code: "BE",
    account: "NL",
    weight: 40,
    languages: "nl, fr, de",
    time_zone: "Europe/Brussels",
    titles: ["Mevr.", "Dhr."],
    women: "Louise, Elise, Mila, Noémie, Margot, Hélène, Griet, Maïté, An-Sofie, Loubna",
    men: "Arthur, Noah, Wout, Jef, Maxime, Benoît, Joris, Rik, Cédric, Mohamed",
    family: "Peeters, Janssens, Maes, Jacobs, Mertens, Willems, Claes, Goossens, Wouters, Dubois, Lambert, Van Damme, \
             Desmet, Vandenberghe, Lefèbvre, Ackermans",
    double: ("-", 5),
    cities: "Bruxelles|1000, Antwerpen|2000, Gent|9000, Liège|4000, Namur|5000, Brugge|8000",
    streets: "Kerkstraat {}, Rue Neuve {}, Stationsstraat {}, Avenue Louise {}, Grote Markt {}, Rue du Château {}",
    unit: "Bus {}",
    phone: "+32255#####",
    mobile: "+32470######",
    mail: "postbus.example",
};

pub(super) const CH: Country = Country {
    code: "CH",
    account: "FR",
    weight: 30,
    languages: "de, fr, it, gsw, rm",
    time_zone: "Europe/Zurich",
    titles: ["Frau", "Herr"],
    women: "Mia, Nina, Lara, Anouk, Ursina, Chiara, Zoé, Vreni, Heidi, Seraina",
    men: "Luca, Noah, Beat, Urs, Reto, Matthieu, Flurin, Jürg, Gion, Rémy",
    family: "Müller, Meier, Schmid, Keller, Weber, Huber, Favre, Bianchi, Rochat, Bernasconi, Zürcher, Gerber, Caduff, \
             Bürgi, Hürlimann, Aebischer",
    double: ("-", 14),
    cities: "Zürich|8001|ZH, Genève|1201|GE, Basel|4051|BS, Lausanne|1003|VD, Bern|3011|BE, Neuchâtel|2000|NE, \
             Lugano|6900|TI",
    streets: "Bahnhofstrasse {}, Rue du Rhône {}, Dorfstrasse {}, Via Nassa {}, Chemin des Crêts {}, Seestrasse {}",
    unit: "Etage {}",
    phone: "+4122731####",
    mobile: "+4179200####",
    mail: "briefkasten.example",
};

pub(super) const AT: Country = Country {
    code: "AT",
    account: "DE",
    weight: 30,
    languages: "de, hr, hu",
    time_zone: "Europe/Vienna",
    titles: ["Frau", "Herr"],
    women: "Johanna, Valentina, Magdalena, Theresa, Rosalie, Edeltraud, Jasmina, Käthe",
    men: "Maximilian, Jakob, David, Florian, Georg, Matthäus, Franz-Josef, Dragan",
    family: "Gruber, Huber, Bauer, Wagner, Müller, Pichler, Steiner, Moser, Mayer, Hofer, Leitner, Fürst, Jovanović, \
             Horváth, Nußbaumer",
    double: ("-", 6),
    cities: "Wien|1010, Graz|8010|Steiermark, Linz|4020|Oberösterreich, Salzburg|5020|Salzburg, Innsbruck|6020|Tirol, \
             Wörgl|6300|Tirol",
    streets: "Mariahilfer Straße {}, Ringstraße {}, Hauptplatz {}, Mozartgasse {}, Am Wörthersee {}, Landstraße {}",
    unit: "Stiege {}",
    phone: "+4315######",
    mobile: "+43664#######",
    mail: "postamt.example",
};

pub(super) const PL: Country = Country {
    code: "PL",
    account: "DE",
    weight: 40,
    languages: "pl, de",
    time_zone: "Europe/Warsaw",
    titles: ["Pani", "Pan"],
    women: "Anna, Małgorzata, Agnieszka, Zofia, Łucja, Stanisława, Bożena, Grażyna, Żaneta, Róża",
    men: "Jakub, Łukasz, Michał, Paweł, Stanisław, Grzegorz, Sławomir, Zbigniew, Józef, Żegota",
    family: "Nowak, Kowalski/Kowalska, Wiśniewski/Wiśniewska, Wójcik, Kowalczyk, Kamiński/Kamińska, \
             Lewandowski/Lewandowska, Zieliński/Zielińska, Woźniak, Mazur, Krawczyk, Zając, Król, Wróbel, Gołąb, Żak, \
             Brzęczyszczykiewicz",
    double: ("-", 7),
    cities: "Warszawa|00-001, Kraków|31-042, Łódź|90-001, Wrocław|50-101, Poznań|61-772, Gdańsk|80-831, Świnoujście|72-600",
    streets: "ul. Długa {}, ul. Kościuszki {}, al. Jerozolimskie {}, ul. Słoneczna {}, ul. Żeromskiego {}, Rynek {}",
    unit: "m. {}",
    phone: "+4822555####",
    mobile: "+48512######",
    mail: "poczta.example",
};

pub(super) const PT: Country = Country {
    code: "PT",
    account: "ES",
    weight: 30,
    languages: "pt, mwl",
    time_zone: "Europe/Lisbon",
    titles: ["Sra.", "Sr."],
    women: "Maria, Leonor, Matilde, Inês, Conceição, Mafalda, Lurdes, Assunção",
    men: "João, Tomás, Gonçalo, Simão, Tiago, António, Estêvão, Duarte",
    family: "Silva, Santos, Ferreira, Pereira, Oliveira, Costa, Rodrigues, Martins, Sousa, Fernandes, Gonçalves, Simões, \
             Conceição, Galvão, Brandão",
    double: (" ", 55),
    cities: "Lisboa|1100-148, Porto|4050-014, Braga|4700-034, Coimbra|3000-067, Évora|7000-508, Faro|8000-076, \
             Guimarães|4800-409",
    streets: "Rua Augusta {}, Avenida da Liberdade {}, Rua de São João {}, Largo do Chão {}, Praça da República {}, \
              Travessa da Conceição {}",
    unit: "{}.º Esq.",
    phone: "+351213######",
    mobile: "+351912######",
    mail: "correio.example",
};

pub(super) const GR: Country = Country {
    code: "GR",
    account: "IT",
    weight: 30,
    languages: "el",
    time_zone: "Europe/Athens",
    titles: ["κα", "κ."],
    women: "Μαρία|maria, Ελένη|eleni, Αικατερίνη|aikaterini, Βασιλική|vasiliki, Σοφία|sofia, Χρυσούλα|chrysoula, \
            Ευγενία|evgenia",
    men: "Γιώργος|giorgos, Ιωάννης|ioannis, Κώστας|kostas, Δημήτρης|dimitris, Νικόλαος|nikolaos, Οδυσσέας|odysseas, \
          Σπύρος|spyros",
    family: "Παπαδόπουλος/Παπαδοπούλου|papadopoulos, Βλάχος/Βλάχου|vlachos, Αγγελόπουλος/Αγγελοπούλου|angelopoulos, \
             Νικολαΐδης/Νικολαΐδη|nikolaidis, Γεωργίου|georgiou, Οικονόμου|oikonomou, \
             Παπαδάκης/Παπαδάκη|papadakis, Μακρής/Μακρή|makris, Δημητρίου|dimitriou, Χατζής/Χατζή|chatzis",
    double: ("-", 5),
    cities: "Αθήνα|105 57, Θεσσαλονίκη|546 24, Πάτρα|262 21, Ηράκλειο|712 02, Λάρισα|412 22, Ρόδος|851 00",
    streets: "Ερμού {}, Τσιμισκή {}, Πανεπιστημίου {}, Αγίου Ανδρέα {}, Μεσογείων {}, Ελευθερίου Βενιζέλου {}",
    unit: "Όροφος {}",
    phone: "+302105######",
    mobile: "+306945######",
    mail: "tachydromio.example",
};

pub(super) const IE: Country = Country {
    code: "IE",
    account: "UK",
    weight: 20,
    languages: "en, ga",
    time_zone: "Europe/Dublin",
    titles: ["Ms", "Mr"],
    women: "Aoife, Saoirse, Róisín, Niamh, Gráinne, Órla, Bríd, Clíona",
    men: "Seán, Conor, Pádraig, Oisín, Ciarán, Dáithí, Tadhg, Rónán",
    family: "Murphy, Kelly, O'Sullivan, Walsh, O'Brien, Byrne, Ryan, O'Connor, Doyle, McCarthy, Gallagher, Ó Súilleabháin, \
             Ní Dhomhnaill, Fitzgerald",
    double: ("-", 4),
    cities: "Dublin|D02 X285, Cork|T12 W8P1, Galway|H91 E9CA, Limerick|V94 F9PX, Dún Laoghaire|A96 P3C8, Sligo|F91 RX8A",
    streets: "{} O'Connell Street, {} Main Street, {} Grafton Street, {} Sráid na Siopaí, {} Harbour Road, {} Chapel Lane",
    unit: "Apartment {}",
    phone: "+35315######",
    mobile: "+3532091#####",
    mail: "litir.example",
};

pub(super) const UA: Country = Country {
    code: "UA",
    account: "DE",
    weight: 10,
    languages: "uk, ru, crh",
    time_zone: "Europe/Kyiv",
    titles: ["пані", "пан"],
    women: "Олена|olena, Оксана|oksana, Наталія|nataliia, Юлія|yuliia, Ганна|hanna, Ірина|iryna",
    men: "Олександр|oleksandr, Андрій|andrii, Сергій|serhii, Тарас|taras, Юрій|yurii, Євген|yevhen",
    family: "Шевченко|shevchenko, Бондаренко|bondarenko, Ткаченко|tkachenko, Коваленко|kovalenko, Мельник|melnyk, \
             Кравченко|kravchenko, Олійник|oliinyk, Мороз|moroz, Поліщук|polishchuk, \
             Яворський/Яворська|yavorskyi, Ґудзь|gudz",
    double: ("-", 3),
    cities: "Київ|01001, Львів|79000, Одеса|65000, Харків|61000, Дніпро|49000, Чернівці|58000",
    streets: "вул. Хрещатик {}, вул. Лесі Українки {}, просп. Свободи {}, вул. Шевченка {}, вул. Садова {}, пл. Ринок {}",
    unit: "кв. {}",
    phone: "+380445######",
    mobile: "+38067#######",
    mail: "poshta.example",
};

pub(super) const JP: Country = Country {
    code: "JP",
    account: "UK",
    weight: 10,
    languages: "ja",
    time_zone: "Asia/Tokyo",
    titles: ["様", "様"],
    women: "陽菜|hina, 結衣|yui, さくら|sakura, 美咲|misaki, ゆき|yuki, 恵子|keiko",
    men: "蓮|ren, 翔太|shota, 太郎|taro, 健一|kenichi, 大輔|daisuke, ヒロシ|hiroshi",
    family: "佐藤|sato, 鈴木|suzuki, 高橋|takahashi, 田中|tanaka, 渡辺|watanabe, 山本|yamamoto, 中村|nakamura, \
             小林|kobayashi, 齋藤|saito, 髙橋|takahashi",
    double: ("", 0),
    cities: "千代田区|100-0001|東京都, 大阪市|530-0001|大阪府, 名古屋市|450-0002|愛知県, 札幌市|060-0001|北海道, \
             福岡市|810-0001|福岡県, 京都市|600-8216|京都府",
    streets: "千代田{}番地, 梅田{}丁目, 名駅{}丁目, 北一条西{}丁目, 天神{}丁目, 烏丸通{}番地",
    unit: "{}号室",
    phone: "+8135#######",
    mobile: "+8190########",
    mail: "yubin.example",
};
