//! What a company in a country looks like: its form, its name, its numbers at register, tax office and bank.
//!
//! Numbers have the check digits that their country asks for, behind zeros where no register has given any: they are
//! well formed, and nobody's. Banks are test banks: the eighth character of their code is a zero (ISO 9362).

/// Companies of one country. `#` is any digit.
#[derive(Debug)]
pub(in crate::service::seed) struct Trade {
    /// ISO 3166-1 alpha-2.
    pub(in crate::service::seed) code: &'static str,
    /// Legal forms, the common ones first.
    pub(in crate::service::seed) forms: &'static str,
    /// Names; a family name stands at `{}`.
    pub(in crate::service::seed) names: &'static str,
    /// Numbers of the register.
    pub(in crate::service::seed) register: &'static str,
    /// VAT numbers without their check digits, and which check they have.
    pub(in crate::service::seed) vat: (&'static str, Check),
    /// The number of an account, without the country and the check digits of an IBAN; empty where there are none.
    pub(in crate::service::seed) account: &'static str,
    /// Where banks are: two characters of their codes.
    pub(in crate::service::seed) place: &'static str,
    /// The currency of wallets and prices.
    pub(in crate::service::seed) currency: &'static str,
}

/// How the check digits of a VAT number follow from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service::seed) enum Check {
    /// There are none, or they are not made public.
    None,
    /// In front: 12 and three times the number, modulo 97.
    Front97,
    /// What is left to 97, two digits.
    Rest97,
    /// The same of the sum weighted by 8, 7, … 2.
    Weighted97,
    /// ISO 7064, modulo 97, over the whole with its letters.
    Iso97,
    /// ISO 7064, modulo 11 and 10.
    Iso11And10,
    /// Every other digit doubled, modulo 10 (Luhn).
    Luhn,
    /// The same of the others, and 4 more.
    Luhn4,
    /// The sum weighted by these, modulo 11.
    Mod11(&'static [u64]),
    /// What is left of it to 11.
    Rest11(&'static [u64]),
    /// The sum weighted by 8, 7, … 2, modulo 23, as a letter.
    Letter23,
}

/// The companies of a country.
pub(in crate::service::seed) fn of(code: &str) -> &'static Trade {
    TRADES.iter().find(|trade| trade.code == code).unwrap_or(&TRADES[0])
}

pub(super) const TRADES: [Trade; 15] = [
    Trade {
        code: "FR",
        forms: "SARL, SAS, EURL, SA",
        names: "Ateliers {}, Menuiserie {}, Transports {}, Librairie {}, {} & Fils, Vergers {}, Studio {}, Maison {}",
        register: "RCS 00# ### ###",
        vat: ("00#######", Check::Front97),
        account: "00000#####00###########",
        place: "P0",
        currency: "EUR",
    },
    Trade {
        code: "DE",
        forms: "GmbH, UG (haftungsbeschränkt), GmbH & Co. KG, AG",
        names: "{} Bau, Tischlerei {}, {} Logistik, Buchhandlung {}, {} & Söhne, Gärtnerei {}, {} Medien, Feinkost {}",
        register: "HRB 00####",
        vat: ("00######", Check::Iso11And10),
        account: "00000000##########",
        place: "F0",
        currency: "EUR",
    },
    Trade {
        code: "ES",
        forms: "S.L., S.A., S.L.U.",
        names: "Talleres {}, Carpintería {}, Transportes {}, Librería {}, Hermanos {}, Viveros {}, Estudio {}, Casa {}",
        register: "M-00####",
        vat: ("B00#####", Check::Luhn),
        account: "00000000############",
        place: "M0",
        currency: "EUR",
    },
    Trade {
        code: "IT",
        forms: "S.r.l., S.p.A., S.n.c.",
        names: "Officine {}, Falegnameria {}, Trasporti {}, Libreria {}, Fratelli {}, Vivai {}, Studio {}, Casa {}",
        register: "REA 00####",
        vat: ("000####001", Check::Luhn),
        account: "X0000000000############",
        place: "R0",
        currency: "EUR",
    },
    Trade {
        code: "NL",
        forms: "B.V., N.V., V.O.F.",
        names: "{} Bouw, Timmerbedrijf {}, {} Transport, Boekhandel {}, Gebroeders {}, Kwekerij {}, {} Media, Huis {}",
        register: "00######",
        vat: ("00#######B", Check::Iso97),
        account: "DEMO00########",
        place: "A0",
        currency: "EUR",
    },
    Trade {
        code: "GB",
        forms: "Ltd, LLP, PLC",
        names: "{} Joinery, {} & Sons, {} Haulage, {} Books, {} Brothers, {} Nurseries, {} Studios, {} Fine Foods",
        register: "00######",
        vat: ("00#####", Check::Weighted97),
        account: "DEMO000000########",
        place: "L0",
        currency: "GBP",
    },
    Trade {
        code: "BE",
        forms: "SRL, SA, BV, NV",
        names: "Ateliers {}, Menuiserie {}, {} Transport, Boekhandel {}, {} & Fils, Pépinières {}, Studio {}, Huis {}",
        register: "00##.###.###",
        vat: ("00######", Check::Rest97),
        account: "000#########",
        place: "B0",
        currency: "EUR",
    },
    Trade {
        code: "CH",
        forms: "AG, GmbH, SA",
        names: "{} Bau, Schreinerei {}, {} Logistik, Librairie {}, Gebrüder {}, Gärtnerei {}, {} Medien, Maison {}",
        register: "CHE-000.###.###",
        vat: ("E00######", Check::Rest11(&[5, 4, 3, 2, 7, 6, 5, 4])),
        account: "00000############",
        place: "Z0",
        currency: "CHF",
    },
    Trade {
        code: "AT",
        forms: "GmbH, AG, KG",
        names: "{} Bau, Tischlerei {}, {} Spedition, Buchhandlung {}, Gebrüder {}, Gärtnerei {}, {} Medien, Feinkost {}",
        register: "FN 00####x",
        vat: ("U00#####", Check::Luhn4),
        account: "00000###########",
        place: "W0",
        currency: "EUR",
    },
    Trade {
        code: "PL",
        forms: "sp. z o.o., S.A., sp. j.",
        names: "{} Budownictwo, Stolarnia {}, {} Transport, Księgarnia {}, Bracia {}, Szkółka {}, Studio {}, Dom {}",
        register: "KRS 00000#####",
        vat: ("000######", Check::Mod11(&[6, 5, 7, 2, 3, 4, 5, 6, 7])),
        account: "00000000################",
        place: "W0",
        currency: "PLN",
    },
    Trade {
        code: "PT",
        forms: "Lda., S.A.",
        names: "Oficinas {}, Carpintaria {}, Transportes {}, Livraria {}, Irmãos {}, Viveiros {}, Estúdio {}, Casa {}",
        register: "00#######",
        vat: ("00######", Check::Rest11(&[9, 8, 7, 6, 5, 4, 3, 2])),
        account: "00000000#############",
        place: "L0",
        currency: "EUR",
    },
    Trade {
        code: "GR",
        forms: "Ι.Κ.Ε., Α.Ε., Ε.Π.Ε.",
        names: "{} Κατασκευές, Ξυλουργείο {}, {} Μεταφορές, Βιβλιοπωλείο {}, Αφοί {}, Φυτώρια {}",
        register: "00##########",
        vat: ("00######", Check::Mod11(&[256, 128, 64, 32, 16, 8, 4, 2])),
        account: "0000000################",
        place: "A0",
        currency: "EUR",
    },
    Trade {
        code: "IE",
        forms: "Ltd, DAC, PLC",
        names: "{} Joinery, {} & Sons, {} Haulage, {} Books, {} Brothers, {} Nurseries, {} Studios, {} Fine Foods",
        register: "00####",
        vat: ("00#####", Check::Letter23),
        account: "DEMO000000########",
        place: "D0",
        currency: "EUR",
    },
    Trade {
        code: "UA",
        forms: "ТОВ, ПрАТ",
        names: "{} Буд, Майстерня {}, {} Логістика, Книгарня {}, Брати {}, Розсадник {}",
        register: "00######",
        vat: ("000000######", Check::None),
        account: "000000###################",
        place: "K0",
        currency: "UAH",
    },
    Trade {
        code: "JP",
        forms: "株式会社, 合同会社",
        names: "{}工房, {}運輸, {}書店, {}商店, {}園芸, {}製作所",
        register: "0000-00-######",
        vat: ("T0000000######", Check::None),
        account: "",
        place: "T0",
        currency: "JPY",
    },
];
