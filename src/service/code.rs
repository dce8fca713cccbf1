//! Every code of an error, once: programs decide by it, so a code never changes its meaning. README.md lists them, and
//! a test holds it to this table.

macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $variant:ident = $name:literal;)+) => {
        /// The code of an error, as clients find it in `extensions.code`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[doc = $meaning])+ $variant),+
        }

        impl ErrorCode {
            /// All of them, in the order of the README.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As clients read it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// When it is answered, and what to do.
            pub fn meaning(self) -> String {
                match self { $(Self::$variant => [$($meaning.trim_ascii()),+].join(" ")),+ }
            }
        }
    };
}

codes! {
    /// No valid access token: send one as `Authorization: Bearer <token>`.
    Unauthenticated = "UNAUTHENTICATED";
    /// None of your roles allows this; `permission` names what is missing.
    Forbidden = "FORBIDDEN";
    /// You may do this once you have shown again who you are, by `sessionConfirm`; `maxAge` says how many seconds ago at most.
    StepUpRequired = "STEP_UP_REQUIRED";
    /// A policy of the platform does not allow this to anybody; `policy` names it, as the query `platform` does.
    PolicyForbids = "POLICY_FORBIDS";
    /// There is no such thing within your accounts.
    NotFound = "NOT_FOUND";
    /// Several users match the key: find them by a list.
    Ambiguous = "AMBIGUOUS";
    /// An argument makes no sense; the message says which and why.
    BadInput = "BAD_INPUT";
    /// The cursor belongs to a list with another filter, search or order: start again without it.
    CursorMismatch = "CURSOR_MISMATCH";
    /// More items of a page than are given at once: read more pages.
    PageTooLarge = "PAGE_TOO_LARGE";
    /// A page by its number lies too far behind: narrow the list, or read on by cursors.
    PageTooDeep = "PAGE_TOO_DEEP";
    /// A filter with too many conditions or parts.
    FilterTooLarge = "FILTER_TOO_LARGE";
    /// A filter that nests too deep.
    FilterTooDeep = "FILTER_TOO_DEEP";
    /// Too many values of one `in` or `notIn`, or in all variables.
    TooManyValues = "TOO_MANY_VALUES";
    /// Too many keys of one `orderBy`.
    TooManyOrders = "TOO_MANY_ORDERS";
    /// More rows of a report than are given at once: add up by less, or ask for fewer days.
    ReportTooLarge = "REPORT_TOO_LARGE";
    /// The database gave the query up, and would again: narrow it, or order it otherwise; the message says how.
    QueryTooSlow = "QUERY_TOO_SLOW";
    /// The database cannot be reached or is busy: try again after `Retry-After` seconds.
    Unavailable = "UNAVAILABLE";
    /// The body or the answer took too long. A mutation may still take effect: send it again with its idempotency key.
    Timeout = "TIMEOUT";
    /// Our fault: `requestId` is what support asks for.
    Internal = "INTERNAL";
    /// Too many requests or too costly ones: try again after `Retry-After` seconds.
    RateLimited = "RATE_LIMITED";
    /// The address takes GET and POST, and mutations by POST alone.
    MethodNotAllowed = "METHOD_NOT_ALLOWED";
    /// None of the media types in `Accept` is offered.
    NotAcceptable = "NOT_ACCEPTABLE";
    /// The body is not JSON in UTF-8, or it is compressed.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE";
    /// The body has too many bytes.
    BodyTooLarge = "BODY_TOO_LARGE";
    /// The file has more bytes than were announced.
    FileTooLarge = "FILE_TOO_LARGE";
    /// The file broke off: send it again, by the same link.
    FileIncomplete = "FILE_INCOMPLETE";
    /// This is no link to a file: ask for one.
    LinkInvalid = "LINK_INVALID";
    /// The link to a file was used, or its time is over: ask for a new one.
    LinkExpired = "LINK_EXPIRED";
    /// What was sent is no JSON, a number in it is out of range, or it nests too deep.
    BadJson = "BAD_JSON";
    /// JSON, but no request of GraphQL: `query` is missing, or something has a wrong type.
    BadRequest = "BAD_REQUEST";
    /// Several requests in one: send them one by one.
    BatchNotAllowed = "BATCH_NOT_ALLOWED";
    /// The document has too many bytes: give long values as variables.
    DocumentTooLarge = "DOCUMENT_TOO_LARGE";
    /// Too many names, values and signs in the document.
    TooManyTokens = "TOO_MANY_TOKENS";
    /// Too many brackets inside each other, in the document or in its variables.
    TooDeeplyNested = "TOO_DEEPLY_NESTED";
    /// Too many fragment spreads in the document.
    TooManyFragmentSpreads = "TOO_MANY_FRAGMENT_SPREADS";
    /// Too many directives in the document.
    TooManyDirectives = "TOO_MANY_DIRECTIVES";
    /// Too many operations in the document.
    TooManyOperations = "TOO_MANY_OPERATIONS";
    /// Too many fields in the document, counted with its fragments written out.
    TooManyFields = "TOO_MANY_FIELDS";
    /// Too many aliases in the document, counted with its fragments written out.
    TooManyAliases = "TOO_MANY_ALIASES";
    /// Too many fields at the top of an operation.
    TooManyRootFields = "TOO_MANY_ROOT_FIELDS";
    /// Fields inside fields, too deep.
    TooDeep = "TOO_DEEP";
    /// The operation costs too much: ask for smaller pages or less of each item.
    TooCostly = "TOO_COSTLY";
    /// The document is no GraphQL; `locations` says where.
    SyntaxError = "SYNTAX_ERROR";
    /// The document does not fit the schema.
    ValidationFailed = "GRAPHQL_VALIDATION_FAILED";
    /// `operationName` names no operation of the document.
    OperationNotFound = "OPERATION_NOT_FOUND";
    /// The document has several operations: choose one by `operationName`.
    OperationNameRequired = "OPERATION_NAME_REQUIRED";
    /// A variable is missing, or not what its type says.
    BadVariables = "BAD_VARIABLES";
}
