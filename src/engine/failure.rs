//! Every way the engine fails: one table of codes, answers and exit codes.

use std::fmt;

use crate::decider::{DecisionId, Reason, Refusal};
use crate::envelope::{RecogniseError, Rejected, SealError, WrongPermit};
use crate::random::NoRandomness;
use crate::store::{LockError, StoreError, WriteError};
use crate::vault::{VaultError, assumed};

/// Why the engine refused or failed. Callers learn the code and its constant message, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// No statement allows it, or there is no such key, version or vault.
    NotAuthorizedOrNotFound,
    /// The policies cannot be used: nothing is allowed.
    PolicyUnusable,
    /// Allowed, but vault, key or version cannot be used now.
    KeyState,
    /// Allowed, for a key that is deleted.
    KeyGone,
    /// A key of this shape encrypts nothing.
    KeyShapeCannotEncrypt,
    /// A key of this shape needs to be told the version.
    KeyVersionRequired,
    /// The request itself cannot be: a time, a name, a field, a combination.
    InvalidParameter,
    /// One more would be over a limit of the service.
    LimitExceeded,
    /// The stored value is not what this cluster sealed at this path.
    CiphertextRejected,
    /// The stored value has no tag, and only authenticated values are read.
    UnauthenticatedValue,
    /// The stored value is of no configured provider.
    NoTransformer,
    /// Over a limit of size.
    TooLarge,
    /// Somebody else wrote in between.
    WriteConflict,
    /// Too many requests, or a key that is worn out.
    Throttled,
    /// Store, token or network do not answer.
    BackendUnavailable,
    /// A broken invariant, or no randomness. Nothing was done.
    Internal,
}

/// What the service's API answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OciAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The service's error code.
    pub code: &'static str,
    /// The message.
    pub message: &'static str,
}

/// A status of gRPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GrpcStatus {
    /// 3
    InvalidArgument,
    /// 5
    NotFound,
    /// 7
    PermissionDenied,
    /// 8
    ResourceExhausted,
    /// 9
    FailedPrecondition,
    /// 10
    Aborted,
    /// 13
    Internal,
    /// 14
    Unavailable,
}

/// Whether the same request may succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Retry {
    /// Not as it is.
    No,
    /// Never again, whatever happens.
    Never,
    /// When the state has changed.
    AfterStateChange,
    /// After reading again.
    AfterReading,
    /// Later, with growing pauses.
    BackOff,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The code's name, as scenarios and JSON write it.
    pub name: &'static str,
    /// The service's answer; `None` where the service has nothing like it.
    pub oci: Option<OciAnswer>,
    /// The answer over gRPC.
    pub grpc: GrpcStatus,
    /// The exit code of the program.
    pub exit: u8,
    /// Whether to try again.
    pub retry: Retry,
    /// The one message, for whoever runs the program.
    pub message: &'static str,
}

/// One answer for what is not allowed and for what is not there, to the byte.
const NOT_FOUND: OciAnswer = OciAnswer {
    status: 404,
    code: "NotAuthorizedOrNotFound",
    message: "Authorization failed or requested resource not found.",
};

impl Code {
    /// All codes, in the order of the table.
    pub const ALL: [Self; 16] = [
        Self::NotAuthorizedOrNotFound,
        Self::PolicyUnusable,
        Self::KeyState,
        Self::KeyGone,
        Self::KeyShapeCannotEncrypt,
        Self::KeyVersionRequired,
        Self::InvalidParameter,
        Self::LimitExceeded,
        Self::CiphertextRejected,
        Self::UnauthenticatedValue,
        Self::NoTransformer,
        Self::TooLarge,
        Self::WriteConflict,
        Self::Throttled,
        Self::BackendUnavailable,
        Self::Internal,
    ];

    /// The code's row.
    ///
    /// # Example
    /// ```
    /// use ocipol::engine::Code;
    /// assert_eq!(Code::KeyState.row().exit, 22);
    /// assert_eq!(Code::KeyState.row().name, "KEY_STATE");
    /// ```
    #[must_use]
    pub const fn row(self) -> Row {
        use GrpcStatus::{
            Aborted, FailedPrecondition, Internal, InvalidArgument, NotFound, PermissionDenied,
            ResourceExhausted, Unavailable,
        };
        match self {
            Self::NotAuthorizedOrNotFound => Row {
                name: "NOT_AUTHORIZED_OR_NOT_FOUND",
                oci: Some(NOT_FOUND),
                grpc: PermissionDenied,
                exit: 20,
                retry: Retry::No,
                message: "not authorized, or not found",
            },
            Self::PolicyUnusable => Row {
                name: "POLICY_UNUSABLE",
                oci: Some(NOT_FOUND),
                grpc: PermissionDenied,
                exit: 21,
                retry: Retry::No,
                message: "the policies cannot be used, so nothing is allowed",
            },
            Self::KeyState => Row {
                name: "KEY_STATE",
                oci: answer(409, "IncorrectState", "The key is not in a state that allows this."),
                grpc: FailedPrecondition,
                exit: 22,
                retry: Retry::AfterStateChange,
                message: "the key is not in a state that allows this",
            },
            Self::KeyGone => Row {
                name: "KEY_GONE",
                oci: Some(NOT_FOUND),
                grpc: NotFound,
                exit: 23,
                retry: Retry::Never,
                message: "the key is deleted, and what it encrypted is lost: delete the cluster and create it again",
            },
            Self::KeyShapeCannotEncrypt => Row {
                name: "KEY_SHAPE_CANNOT_ENCRYPT",
                oci: answer(400, "InvalidParameter", "A key of this shape cannot encrypt."),
                grpc: InvalidArgument,
                exit: 24,
                retry: Retry::No,
                message: "a key of this shape cannot encrypt",
            },
            Self::KeyVersionRequired => Row {
                name: "KEY_VERSION_REQUIRED",
                oci: answer(400, "MissingParameter", "A key of this shape needs a key version."),
                grpc: InvalidArgument,
                exit: 24,
                retry: Retry::No,
                message: "a key of this shape needs a key version",
            },
            Self::InvalidParameter => Row {
                name: "INVALID_PARAMETER",
                oci: answer(400, "InvalidParameter", "The request is not valid."),
                grpc: InvalidArgument,
                exit: 24,
                retry: Retry::No,
                message: "the request is not valid",
            },
            Self::LimitExceeded => Row {
                name: "LIMIT_EXCEEDED",
                oci: answer(400, "LimitExceeded", "A service limit is exceeded."),
                grpc: ResourceExhausted,
                exit: 24,
                retry: Retry::No,
                message: "a limit of the service is exceeded",
            },
            Self::CiphertextRejected => Row {
                name: "CIPHERTEXT_REJECTED",
                oci: answer(400, "InvalidParameter", "The ciphertext was rejected."),
                grpc: InvalidArgument,
                exit: 25,
                retry: Retry::No,
                message: "the stored value was rejected",
            },
            Self::UnauthenticatedValue => Row {
                name: "UNAUTHENTICATED_VALUE",
                oci: answer(400, "InvalidParameter", "The ciphertext is not authenticated."),
                grpc: InvalidArgument,
                exit: 26,
                retry: Retry::No,
                message: "the stored value is not authenticated",
            },
            Self::NoTransformer => Row {
                name: "NO_TRANSFORMER",
                oci: None,
                grpc: InvalidArgument,
                exit: 27,
                retry: Retry::No,
                message: "the stored value is of no configured provider",
            },
            Self::TooLarge => Row {
                name: "TOO_LARGE",
                oci: answer(assumed::TOO_LARGE.0, assumed::TOO_LARGE.1, "The request is too large."),
                grpc: InvalidArgument,
                exit: 28,
                retry: Retry::No,
                message: "too large",
            },
            Self::WriteConflict => Row {
                name: "WRITE_CONFLICT",
                oci: answer(412, "NoEtagMatch", "The resource was changed in between."),
                grpc: Aborted,
                exit: 29,
                retry: Retry::AfterReading,
                message: "the stored value was changed in between",
            },
            Self::Throttled => Row {
                name: "THROTTLED",
                oci: answer(429, "TooManyRequests", "Too many requests."),
                grpc: ResourceExhausted,
                exit: 30,
                retry: Retry::BackOff,
                message: "too many requests",
            },
            Self::BackendUnavailable => Row {
                name: "BACKEND_UNAVAILABLE",
                oci: answer(503, "ServiceUnavailable", "The service is not available."),
                grpc: Unavailable,
                exit: 31,
                retry: Retry::BackOff,
                message: "a backend does not answer",
            },
            Self::Internal => Row {
                name: "INTERNAL",
                oci: answer(500, "InternalServerError", "Internal error."),
                grpc: Internal,
                exit: 70,
                retry: Retry::No,
                message: "internal error",
            },
        }
    }

    /// The code of a name, where there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.row().name == name)
    }
}

const fn answer(status: u16, code: &'static str, message: &'static str) -> Option<OciAnswer> {
    Some(OciAnswer { status, code, message })
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.row().name)
    }
}

/// A failure: a code for the caller, and an account for the operator.
///
/// What it displays is the code's constant message: the same bytes for every cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    code: Code,
    explanation: String,
    decision: Option<DecisionId>,
}

impl Failure {
    pub(super) fn new(code: Code, explanation: impl Into<String>) -> Self {
        Self { code, explanation: explanation.into(), decision: None }
    }

    /// The same failure, explained more fully.
    pub(super) fn explained(self, explain: impl FnOnce(&str) -> String) -> Self {
        Self { explanation: explain(&self.explanation), ..self }
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// For the operator, never for the caller: the near misses of a decision, the state of a key and since when.
    #[must_use]
    pub fn explain(&self) -> &str {
        &self.explanation
    }

    /// The decision that refused; `None` where none did.
    #[must_use]
    pub fn decision(&self) -> Option<DecisionId> {
        self.decision
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code.row().message)
    }
}

impl std::error::Error for Failure {}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal.reason {
            Reason::Denied => Code::NotAuthorizedOrNotFound,
            Reason::Unusable => Code::PolicyUnusable,
        };
        Self { code, explanation: refusal.explanation, decision: Some(refusal.decision) }
    }
}

impl From<Rejected> for Failure {
    fn from(refusal: Rejected) -> Self {
        // The cause goes to the trace and nowhere else.
        Self::new(Code::CiphertextRejected, refusal.to_string())
    }
}

impl From<RecogniseError> for Failure {
    fn from(error: RecogniseError) -> Self {
        match error {
            RecogniseError::Rejected(refusal) => refusal.into(),
            RecogniseError::Unauthenticated => Self::new(Code::UnauthenticatedValue, error.to_string()),
        }
    }
}

impl From<WrongPermit> for Failure {
    fn from(error: WrongPermit) -> Self {
        Self::new(Code::Internal, error.to_string())
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        let code = match error {
            SealError::TooLarge(_, _) => Code::TooLarge,
            SealError::WornOut => Code::Throttled,
            SealError::Count => Code::BackendUnavailable,
            SealError::NoRandomness(_) | SealError::Internal => Code::Internal,
        };
        Self::new(code, error.to_string())
    }
}

impl From<NoRandomness> for Failure {
    fn from(error: NoRandomness) -> Self {
        Self::new(Code::Internal, error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::Io(_)
            | StoreError::Database(_)
            | StoreError::Unavailable(_)
            | StoreError::Refused(_)
            | StoreError::InUse => Code::BackendUnavailable,
            StoreError::Damaged(_)
            | StoreError::Format(_)
            | StoreError::Missing(_)
            | StoreError::NoKeys(_)
            | StoreError::Kept
            | StoreError::Erased => Code::Internal,
        };
        Self::new(code, error.to_string())
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Conflict => Self::new(Code::WriteConflict, error.to_string()),
            WriteError::Store(error) => error.into(),
        }
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Held(_) => Self::new(Code::WriteConflict, error.to_string()),
            LockError::Store(error) => error.into(),
        }
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        let explanation = error.to_string();
        let code = match error {
            VaultError::NotFound(_) => Code::NotAuthorizedOrNotFound,
            VaultError::Gone { .. } => Code::KeyGone,
            VaultError::State { .. } | VaultError::CurrentVersion(_) | VaultError::Rotating(_) => {
                Code::KeyState
            }
            VaultError::CannotEncrypt(_) => Code::KeyShapeCannotEncrypt,
            VaultError::WornOut(_) => Code::Throttled,
            VaultError::VersionRequired(_) => Code::KeyVersionRequired,
            VaultError::Limit(_) => Code::LimitExceeded,
            VaultError::DeletionTime(_)
            | VaultError::Name(_, _)
            | VaultError::Exists(_)
            | VaultError::OtherTenancy(_)
            | VaultError::CannotSign(_, _)
            | VaultError::NotCurrent(_)
            | VaultError::NoExport(_)
            | VaultError::WrappingKey
            | VaultError::AutoRotation => Code::InvalidParameter,
            VaultError::NoBackend(_) | VaultError::NotBuiltIn | VaultError::Busy => Code::BackendUnavailable,
            VaultError::Material(_) | VaultError::NoRandomness(_) => Code::Internal,
            VaultError::Store(error) => return error.into(),
        };
        Self::new(code, explanation)
    }
}
