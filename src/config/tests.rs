//! Tests of `config`: defaults, precedence, and every refusal by name.

use std::os::unix::ffi::OsStringExt;

use proptest::prelude::*;

use super::*;

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const POSTGRES: &str = "postgres://desk:hunter2@db.example:5433/desk?sslmode=require";

fn from_env(env: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_sources(env.iter().copied(), None)
}

fn from_file(text: &str) -> Result<Config, ConfigError> {
    Config::from_sources([("", ""); 0], Some(("desk.toml", text)))
}

fn problems(result: Result<Config, ConfigError>) -> Vec<String> {
    result.unwrap_err().problems().to_vec()
}

#[test]
fn without_any_configuration_the_defaults_hold() {
    let config = from_env(&[]).unwrap();
    assert_eq!(config.env, Environment::Development);
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.data_dir, Path::new("backdesk-data"));
    assert!(config.database_url.is_embedded());
    assert_eq!(config.pool.size, 10);
    assert!(matches!(
        config.master_key,
        MasterKeySource::OwnFile(path) if path == Path::new("backdesk-data/master.key")
    ));
    assert_eq!((config.token_issuer.as_str(), config.token_audience.as_str()), ("backdesk", "backdesk"));
    assert_eq!(config.key_age, Duration::from_hours(90 * 24));
    assert_eq!(
        (config.log.as_str(), config.log_format),
        ("info,sea_orm_migration=warn,sqlx=warn", LogFormat::Text)
    );
}

#[test]
fn the_documented_default_of_the_database_is_the_one_that_holds() {
    let documented = Config::keys().find(|key| key.name == "database_url").unwrap().default;
    assert_eq!(from_env(&[]).unwrap().database_url.as_str(), documented);
}

#[test]
fn keys_are_named_alike_in_the_file_and_in_the_environment() {
    for key in Config::keys() {
        assert_eq!(key.env, format!("BACKDESK_{}", key.name.to_uppercase()));
        assert!(key.description.ends_with('.'), "{}", key.name);
    }
}

#[test]
fn every_key_can_be_set_in_the_environment() {
    let config = from_env(&[
        ("BACKDESK_CONFIG", "elsewhere.toml"),
        ("BACKDESK_ENV", "production"),
        ("BACKDESK_LISTEN", "[::1]:9000"),
        ("BACKDESK_DATA_DIR", "/var/lib/backdesk"),
        ("BACKDESK_DATABASE_URL", POSTGRES),
        ("BACKDESK_POOL_SIZE", "200"),
        ("BACKDESK_MASTER_KEY", KEY),
        ("BACKDESK_TOKEN_ISSUER", "https://desk.example"),
        ("BACKDESK_TOKEN_AUDIENCE", "desk"),
        ("BACKDESK_LOG", "warn,backdesk=debug"),
        ("BACKDESK_LOG_FORMAT", "json"),
        ("PATH", "/bin"),
    ])
    .unwrap();
    assert_eq!((config.env, config.pool.size), (Environment::Production, 200));
    assert_eq!(config.listen.to_string(), "[::1]:9000");
    assert_eq!(config.database_url.as_str(), POSTGRES);
    assert!(!config.database_url.is_embedded());
    assert!(matches!(config.master_key, MasterKeySource::Given(_)));
    assert_eq!(config.token_issuer, "https://desk.example");
    assert_eq!((config.log.as_str(), config.log_format), ("warn,backdesk=debug", LogFormat::Json));
}

#[test]
fn a_key_signs_for_an_hour_at_least_and_a_year_at_most() {
    for age in ["1h", "30d", "1y"] {
        assert!(from_env(&[("BACKDESK_KEY_AGE", age)]).is_ok(), "{age}");
    }
    for age in ["0s", "59m", "366d", "never", "90"] {
        let problem = format!("BACKDESK_KEY_AGE: {age:?} must be 1h to 1year");
        assert_eq!(problems(from_env(&[("BACKDESK_KEY_AGE", age)])), [problem]);
    }
}

#[test]
fn every_key_can_be_set_in_the_file() {
    let config = from_file(
        r#"
        env = "production"
        listen = "0.0.0.0:80"
        data_dir = "/data"
        database_url = "sqlite:/data/other.db"
        pool_size = 3
        master_key_file = "/run/secrets/key"
        token_issuer = "i"
        token_audience = "a"
        log = "debug"
        log_format = "json"
        "#,
    )
    .unwrap();
    assert_eq!((config.env, config.pool.size), (Environment::Production, 3));
    assert_eq!(config.database_url.as_str(), "sqlite:/data/other.db");
    assert!(
        matches!(config.master_key, MasterKeySource::File(path) if path == Path::new("/run/secrets/key"))
    );
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = "pool_size = 3\nlisten = '0.0.0.0:80'";
    let config = Config::from_sources([("BACKDESK_POOL_SIZE", "4")], Some(("desk.toml", file))).unwrap();
    assert_eq!((config.pool.size, config.listen.port()), (4, 80));
}

#[test]
fn the_embedded_database_and_its_key_follow_the_data_folder() {
    let config = from_env(&[("BACKDESK_DATA_DIR", "/srv/100%?/desk")]).unwrap();
    assert_eq!(config.database_url.as_str(), "sqlite:/srv/100%25%3F/desk/backdesk.db");
    assert!(matches!(
        config.master_key,
        MasterKeySource::OwnFile(path) if path == Path::new("/srv/100%?/desk/master.key")
    ));
}

#[test]
fn unknown_variables_are_refused_by_name_without_their_value() {
    let found = problems(from_env(&[
        ("BACKDESK_MASTERKEY", "hunter2"),
        ("BACKDESK_LISTN", "x"),
        ("BACKDESK_", ""),
        ("BACKDESK_PORT", "80"),
    ]));
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with(
            "environment: no such key: BACKDESK_, BACKDESK_LISTN, BACKDESK_MASTERKEY, BACKDESK_PORT (there are \
             BACKDESK_CONFIG, BACKDESK_ENV, "
        ),
        "{found:?}"
    );
    assert!(!found[0].contains("hunter2"));
}

#[test]
fn unknown_keys_of_the_file_are_refused_by_name_without_their_value() {
    let found = problems(from_file("master-key = 'hunter2'\nconfig = 'x.toml'\n[database]\nurl = 'x'"));
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with("desk.toml: no such key: config, database, master-key (there are env, listen, "),
        "{found:?}"
    );
    assert!(!found[0].contains("hunter2"));
}

#[test]
fn variables_of_tests_and_of_the_build_are_left_alone() {
    assert!(from_env(&[("BACKDESK_TEST_DATABASE_URL", "x"), ("BACKDESK_SKIP_WEB", "1")]).is_ok());
    assert!(from_env(&[("BACKDESK_SKIP_WEBS", "1")]).is_err());
}

#[test]
fn variables_that_kubernetes_sets_for_services_are_left_alone() {
    let env = [
        ("BACKDESK_SERVICE_HOST", "10.0.0.7"),
        ("BACKDESK_SERVICE_PORT", "80"),
        ("BACKDESK_SERVICE_PORT_HTTP", "80"),
        ("BACKDESK_PORT", "tcp://10.0.0.7:80"),
        ("BACKDESK_PORT_80_TCP", "tcp://10.0.0.7:80"),
        ("BACKDESK_PORT_80_TCP_ADDR", "10.0.0.7"),
        ("BACKDESK_DB_SERVICE_HOST", "10.0.0.8"),
        ("BACKDESK_DB_PORT", "tcp://10.0.0.8:5432"),
    ];
    assert!(from_env(&env).is_ok());
    assert!(from_env(&env[1..]).is_err(), "without the service's host they are mistakes");
}

#[test]
fn all_problems_are_told_at_once_with_what_is_allowed() {
    let env = [
        ("BACKDESK_ENV", "prod"),
        ("BACKDESK_LISTEN", "8080"),
        ("BACKDESK_DATABASE_URL", "mysql://root:hunter2@db/desk"),
        ("BACKDESK_POOL_SIZE", "0"),
        ("BACKDESK_MASTER_KEY", "hunter2="),
        ("BACKDESK_TOKEN_ISSUER", ""),
        ("BACKDESK_LOG", "backdesk=loud"),
        ("BACKDESK_LOG_FORMAT", "xml"),
        ("BACKDESK_COLOUR", "blue"),
    ];
    let error = Config::from_sources(env, Some(("desk.toml", "token_audience = true"))).unwrap_err();
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "the configuration is refused:");
    assert_eq!(
        lines[1..],
        [
            "  token_audience in desk.toml: must be a text or a number",
            "  BACKDESK_TOKEN_ISSUER: is empty; leave it out for the default",
            lines[3],
            "  BACKDESK_DATABASE_URL: must be sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME",
            "  BACKDESK_MASTER_KEY: the master key is not base64; `openssl rand -base64 32` makes one",
            r#"  BACKDESK_ENV: "prod" must be development or production"#,
            r#"  BACKDESK_LISTEN: "8080" must be an address and a port, such as 127.0.0.1:8080"#,
            r#"  BACKDESK_POOL_SIZE: "0" must be 1 to 200"#,
            r#"  BACKDESK_LOG: "backdesk=loud" must be a tracing filter, such as warn or info,backdesk=debug"#,
            r#"  BACKDESK_LOG_FORMAT: "xml" must be text or json"#,
        ]
    );
    assert!(lines[3].starts_with("  environment: no such key: BACKDESK_COLOUR "));
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[test]
fn pool_sizes_and_addresses_at_the_edges() {
    for size in ["1", "200"] {
        assert!(from_env(&[("BACKDESK_POOL_SIZE", size)]).is_ok(), "{size}");
    }
    for size in ["0", "201", "-1", "ten", "1.5", "99999999999"] {
        assert!(from_env(&[("BACKDESK_POOL_SIZE", size)]).is_err(), "{size}");
    }
    for address in ["localhost:8080", "127.0.0.1", "127.0.0.1:70000", ":8080"] {
        assert!(from_env(&[("BACKDESK_LISTEN", address)]).is_err(), "{address}");
    }
}

#[test]
fn database_urls() {
    for url in ["sqlite::memory:", "sqlite:a.db", "sqlite:///a.db?mode=ro"] {
        assert!(from_env(&[("BACKDESK_DATABASE_URL", url)]).is_ok(), "{url}");
    }
    for url in ["sqlite:", "sqlite://", "a.db", "postgres:desk", "postgres://h:port/x", "POSTGRES"] {
        assert!(from_env(&[("BACKDESK_DATABASE_URL", url), ("BACKDESK_MASTER_KEY", KEY)]).is_err(), "{url}");
    }
}

#[test]
fn postgres_needs_a_master_key() {
    let found = problems(from_env(&[("BACKDESK_DATABASE_URL", POSTGRES)]));
    assert_eq!(
        found,
        [
            "PostgreSQL needs BACKDESK_MASTER_KEY or BACKDESK_MASTER_KEY_FILE; `openssl rand -base64 32` makes a key"
        ]
    );
    assert!(from_env(&[("BACKDESK_DATABASE_URL", POSTGRES), ("BACKDESK_MASTER_KEY_FILE", "k")]).is_ok());
}

#[test]
fn two_master_keys_are_refused_wherever_they_stand() {
    let file = Some(("desk.toml", "master_key_file = 'k'"));
    let found = problems(Config::from_sources([("BACKDESK_MASTER_KEY", KEY)], file));
    assert_eq!(found, ["master_key and master_key_file are both given: leave one out"]);
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_its_line_and_without_its_content() {
    for (line, text) in [
        (2, "pool_size = 3\nmaster_key = \"hunter2"),
        (1, "master_key = hunter2"),
        (1, "database_url = postgres://desk:hunter2@db/desk"),
        (2, "log = 'info'\nmaster_key = 'hunter2' 'hunter2'"),
        (2, "master_key = 'hunter2'\nmaster_key = 'hunter2'"),
        (1, "master_key: hunter2"),
        (1, "master_key = \"\\qhunter2\""),
        (1, "master_key = 2hunter2"),
    ] {
        let found = problems(from_file(text));
        assert!(found[0].starts_with(&format!("desk.toml: line {line}: ")), "{text}: {found:?}");
        assert!(!found[0].contains("hunter2"), "{text}: {found:?}");
    }
}

#[test]
fn nothing_secret_is_printed() {
    let config = from_env(&[("BACKDESK_DATABASE_URL", POSTGRES), ("BACKDESK_MASTER_KEY", KEY)]).unwrap();
    let text = format!("{config:?}");
    assert!(text.contains("DatabaseUrl(postgres://db.example:5433/desk)"), "{text}");
    assert!(text.contains("Given(MasterKey(secret))"), "{text}");
    let config = from_env(&[("BACKDESK_DATABASE_URL", "sqlite:a.db?key=hunter2")]).unwrap();
    assert_eq!(config.database_url.to_string(), "sqlite:a.db");
}

#[test]
fn a_value_that_is_not_unicode_is_refused_by_name() {
    let env = [(OsString::from("BACKDESK_LOG"), OsString::from_vec(vec![0xff]))];
    assert_eq!(problems(Config::from_sources(env, None)), ["BACKDESK_LOG: must be UTF-8"]);
}

#[test]
fn a_file_is_read_when_it_is_there_and_must_be_there_when_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.toml");
    assert_eq!(read_file(None, &path).unwrap(), None);
    let missing = read_file(Some(path.as_os_str()), Path::new("other")).unwrap_err();
    assert!(missing.to_string().contains("desk.toml: No such file"), "{missing}");
    std::fs::write(&path, "log = 'warn'").unwrap();
    let expected = Some((path.display().to_string(), "log = 'warn'".to_owned()));
    assert_eq!(read_file(None, &path).unwrap(), expected);
    assert_eq!(read_file(Some(path.as_os_str()), Path::new("other")).unwrap(), expected);
    let unreadable = read_file(None, folder.path()).unwrap_err();
    assert!(unreadable.to_string().contains("directory"), "{unreadable}");
}

#[test]
fn the_master_key_is_taken_from_where_it_was_configured() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let own = from_env(&[("BACKDESK_DATA_DIR", data_dir.to_str().unwrap())]).unwrap().master_key;
    let sealed = own.open().unwrap().sealing_key().seal("place", b"x");

    let file = data_dir.join("master.key");
    let named = from_env(&[("BACKDESK_MASTER_KEY_FILE", file.to_str().unwrap())]).unwrap().master_key;
    assert!(named.open().unwrap().sealing_key().open("place", &sealed).is_ok());

    let text = std::fs::read_to_string(&file).unwrap();
    let given = from_env(&[("BACKDESK_MASTER_KEY", &text)]).unwrap().master_key;
    assert!(given.open().unwrap().sealing_key().open("place", &sealed).is_ok());

    std::fs::remove_file(&file).unwrap();
    assert!(named.open().is_err());
    assert!(!file.exists(), "a named file is never made");
}

proptest! {
    #[test]
    fn a_secret_written_wrongly_in_the_file_is_never_quoted(before in "[ -~]{0,6}", after in "[ -~]{0,6}") {
        if let Err(error) = from_file(&format!("master_key = {before}hunter2{after}")) {
            prop_assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}

#[test]
fn origins_are_exact_and_never_anybody() {
    let config =
        from_env(&[("BACKDESK_ALLOWED_ORIGINS", "https://desk.example, http://localhost:5173")]).unwrap();
    assert_eq!(config.http.allowed_origins, ["https://desk.example", "http://localhost:5173"]);
    for origin in [
        "*",
        "null",
        "desk.example",
        "https://desk.example/",
        "https://desk.example/path",
        "https://*.desk.example",
        "https://desk.example:443",
        "HTTPS://desk.example",
        "ftp://desk.example",
        "file:///desk",
        "https://desk.example *",
    ] {
        assert_eq!(problems(from_env(&[("BACKDESK_ALLOWED_ORIGINS", origin)])).len(), 1, "{origin}");
    }
}

#[test]
fn proxies_are_networks_or_addresses() {
    let config = from_env(&[("BACKDESK_TRUSTED_PROXIES", "10.0.0.0/8,192.0.2.1, fd00::/8")]).unwrap();
    let networks: Vec<String> = config.http.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["10.0.0.0/8", "192.0.2.1/32", "fd00::/8"]);
    for networks in ["10.0.0.0/33", "proxy.example", "10.0.0.0/8;10.1.0.0/16", "*"] {
        assert_eq!(problems(from_env(&[("BACKDESK_TRUSTED_PROXIES", networks)])).len(), 1, "{networks}");
    }
}

#[test]
fn proxies_tell_in_one_header() {
    let header = |name| from_env(&[("BACKDESK_PROXY_HEADER", name)]).map(|config| config.http.proxy_header);
    assert_eq!(header("forwarded").unwrap(), ProxyHeader::Forwarded);
    assert_eq!(header("x-forwarded-for").unwrap(), Http::default().proxy_header);
    assert_eq!(problems(from_env(&[("BACKDESK_PROXY_HEADER", "x-real-ip")])).len(), 1);
}

#[test]
fn the_collector_of_traces_is_beside_the_program() {
    let config = from_env(&[("BACKDESK_OTLP_ENDPOINT", "http://127.0.0.1:4318")]).unwrap();
    assert_eq!(config.otlp_endpoint.unwrap().as_str(), "http://127.0.0.1:4318/");
    for address in ["127.0.0.1:4318", "https://collector.example", "grpc://127.0.0.1", "http://"] {
        assert_eq!(problems(from_env(&[("BACKDESK_OTLP_ENDPOINT", address)])).len(), 1, "{address}");
    }
}

#[test]
fn files_are_kept_beside_the_embedded_database_unless_said_otherwise() {
    let folder = |config: Config| match config.storage {
        Storage::Folder(path) => path,
        Storage::S3(_) => panic!("a folder"),
    };
    assert_eq!(folder(from_env(&[]).unwrap()), Path::new("backdesk-data/files"));
    assert_eq!(
        folder(from_env(&[("BACKDESK_DATA_DIR", "/srv/desk")]).unwrap()),
        Path::new("/srv/desk/files")
    );
    assert_eq!(folder(from_file("storage_folder = '/mnt/files'").unwrap()), Path::new("/mnt/files"));
}

#[test]
fn a_bucket_needs_its_name_and_its_key() {
    assert_eq!(
        problems(from_env(&[("BACKDESK_STORAGE", "s3")])),
        [
            "files kept in S3 need BACKDESK_S3_BUCKET",
            "files kept in S3 need BACKDESK_S3_ACCESS_KEY",
            "files kept in S3 need BACKDESK_S3_SECRET_KEY or BACKDESK_S3_SECRET_KEY_FILE",
        ]
    );
    let key = [("BACKDESK_STORAGE", "s3"), ("BACKDESK_S3_BUCKET", "desk"), ("BACKDESK_S3_ACCESS_KEY", "ada")];
    let both = [("BACKDESK_S3_SECRET_KEY", "hunter2"), ("BACKDESK_S3_SECRET_KEY_FILE", "/run/key")];
    let refused = problems(from_env(&[&key[..], &both].concat()));
    assert_eq!(refused[0], "s3_secret_key and s3_secret_key_file are both given: leave one out");
    let config = from_env(&[&key[..], &both[..1]].concat()).unwrap();
    assert!(matches!(&config.storage, Storage::S3(s3) if s3.bucket == "desk" && s3.region == "us-east-1"));
    assert!(!format!("{config:?}").contains("hunter2"));
    for endpoint in ["s3.example", "ftp://s3.example", "https://ada:hunter2@s3.example"] {
        assert!(from_env(&[("BACKDESK_S3_ENDPOINT", endpoint)]).is_err(), "{endpoint}");
    }
}
