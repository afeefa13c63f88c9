//! The slips people make, each with its code, its weight and what it does to the reading.

use crate::diagnostic::{Code, Severity};
use crate::passage::Host;
use crate::syntax::Reading;

macro_rules! slips {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $severity:ident, $reading:ident;)+) => {
        /// Something the language does not have but people write.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Slip {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Slip {
            pub(super) const fn code(self) -> Code {
                match self { $(Self::$name => Code::new($code),)+ }
            }

            const fn usual_severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }

            const fn usual_reading(self) -> Reading {
                match self { $(Self::$name => Reading::$reading,)+ }
            }
        }

        /// Every code the parser may report.
        pub const CODES: &[Code] = &[$(Code::new($code),)+];
    };
}

slips! {
    /// The grammar rejects the text and no slip explains it.
    SyntaxError = "syntax/syntax-error", Error, Guessed;
    /// A quote or bracket is not closed.
    Unbalanced = "syntax/unbalanced-quote-or-brace", Error, Guessed;
    /// Brackets stand deeper in each other than we read.
    Nesting = "syntax/nesting-too-deep", Error, Guessed;
    /// The statement is longer than we read.
    Length = "syntax/statement-too-long", Error, Guessed;
    /// `allow group X manage …`
    MissingTo = "syntax/missing-to", Error, Repaired;
    /// `dynamicgroup X`
    DynamicGroupSpelling = "syntax/dynamic-group-spelling", Error, Repaired;
    /// `‘logs’`
    SmartQuotes = "syntax/smart-quotes", Error, Repaired;
    /// `"logs"`
    DoubleQuotes = "syntax/double-quotes", Error, Repaired;
    /// Zero-width and non-breaking characters.
    InvisibleCharacters = "syntax/invisible-characters", Error, Repaired;
    /// Letters outside ASCII in a bare name.
    NonAscii = "syntax/non-ascii", Error, Repaired;
    /// Letters outside ASCII in quotes.
    NonAsciiQuoted = "syntax/non-ascii", Warning, Strict;
    /// A name with blanks and no quotes.
    UnquotedName = "syntax/unquoted-name", Error, Repaired;
    /// `# …`, `-- …`, `/* … */` behind a statement.
    Comment = "syntax/comment-in-statement", Error, Repaired;
    /// `// …` behind a statement, which hundreds of live policies have.
    SlashComment = "syntax/comment-in-statement", Warning, Strict;
    /// `${var.x}`, `%s`
    Interpolation = "syntax/unresolved-interpolation", Error, Guessed;
    /// `<group-name>`
    Placeholder = "syntax/placeholder-left", Error, Guessed;
    /// `compartment in ocid1…`, `compartment id:ocid1…`
    MissingId = "syntax/missing-id-keyword", Error, Repaired;
    /// `in Sales`
    MissingCompartment = "syntax/missing-compartment-keyword", Error, Repaired;
    /// No `in …` at all.
    MissingLocation = "syntax/missing-location", Error, Guessed;
    /// `user kim`
    UserSubject = "syntax/user-subject", Error, Guessed;
    /// `group A, dynamic-group B`
    MixedSubjects = "syntax/mixed-subject-kinds", Error, Guessed;
    /// `read vcns, subnets`
    SeveralTypes = "syntax/several-resource-types", Error, Guessed;
    /// `read and use vcns`
    SeveralVerbs = "syntax/several-verbs", Error, Guessed;
    /// `in compartment A, B`
    SeveralLocations = "syntax/several-locations", Error, Guessed;
    /// A word that is no verb.
    UnknownVerb = "syntax/unknown-verb", Error, Guessed;
    /// `in ['a']`
    BracketList = "syntax/bracket-list", Error, Repaired;
    /// `= ocid1.key…`, `= true`
    UnquotedValue = "syntax/unquoted-value", Error, Repaired;
    /// `= logs`
    UnquotedWord = "syntax/unquoted-value", Error, Guessed;
    /// `==`
    DoubleEquals = "syntax/double-equals", Error, Repaired;
    /// `! =`, which live policies have.
    SplitOperator = "syntax/split-operator", Warning, Strict;
    /// `and`, `or`, groups without braces or without `all`/`any`, operators the language has not.
    ConditionSyntax = "syntax/condition-syntax", Error, Guessed;
    /// `any ( … )`, which live policies have.
    ParenthesisedGroup = "syntax/parenthesised-group", Warning, Strict;
    /// `{ a, }`
    TrailingComma = "syntax/trailing-comma", Error, Repaired;
    /// `.` or `;` behind the statement.
    TrailingPunctuation = "syntax/trailing-punctuation", Error, Repaired;
    /// `all {}`, `{}`, `in ()`
    EmptyGroup = "syntax/empty-group", Error, Guessed;
    /// `{BUCKET_READ} buckets`
    SetWithType = "syntax/permission-set-with-type", Warning, Repaired;
    /// `allow admit …`
    AllowPrefix = "syntax/redundant-allow-prefix", Warning, Repaired;
    /// A second statement behind the first.
    SeveralStatements = "syntax/multiple-statements-on-line", Error, Repaired;
    /// List bullets, back-ticks, quotation marks around the statement.
    Markup = "syntax/markup-debris", Error, Repaired;
    /// A backslash inside quotes.
    Escape = "syntax/escape-in-string", Warning, Strict;
    /// `admit group X to …`
    AdmitWithoutSource = "syntax/admit-without-source", Error, Guessed;
    /// `define service X as …`
    DefineKind = "syntax/unknown-alias-kind", Error, Guessed;
    /// A function other than `sets-equal` and `sets-intersect`.
    SetFunction = "syntax/set-function-unknown", Warning, Guessed;
    /// A matching rule that the grammar of rules does not accept.
    RuleSyntax = "syntax/dg-syntax", Error, Guessed;
    /// `in (…)`, patterns and other operators in a matching rule.
    RuleOperator = "syntax/dg-unsupported-operator", Error, Guessed;
    /// Repairs of a matching rule that change nothing: quotes, `==`, a trailing comma.
    RuleRepair = "syntax/dg-syntax", Error, Repaired;
    /// A `# policy:` or `# attach:` line that cannot be read or stands too late.
    Directive = "syntax/unusable-directive", Error, Guessed;
    /// Grammar and reader disagree.
    Drift = "internal/grammar-drift", Error, Guessed;
}

impl Slip {
    pub(super) fn severity(self, host: Host) -> Severity {
        match (self, host) {
            (Self::Interpolation, Host::Template) => Severity::Info,
            _ => self.usual_severity(),
        }
    }

    pub(super) fn reading(self) -> Reading {
        self.usual_reading()
    }
}
