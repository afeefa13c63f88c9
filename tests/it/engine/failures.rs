//! The table of failures, as the specification prints it.

use ocipol::engine::{Code, GrpcStatus, Retry};

/// Name, OCI status and code, gRPC, exit code, retry: copied by hand.
const TABLE: &str = "
    NOT_AUTHORIZED_OR_NOT_FOUND 404 NotAuthorizedOrNotFound PermissionDenied   20 No
    POLICY_UNUSABLE             404 NotAuthorizedOrNotFound PermissionDenied   21 No
    KEY_STATE                   409 IncorrectState          FailedPrecondition 22 AfterStateChange
    KEY_GONE                    404 NotAuthorizedOrNotFound NotFound           23 Never
    KEY_SHAPE_CANNOT_ENCRYPT    400 InvalidParameter        InvalidArgument    24 No
    KEY_VERSION_REQUIRED        400 MissingParameter        InvalidArgument    24 No
    INVALID_PARAMETER           400 InvalidParameter        InvalidArgument    24 No
    LIMIT_EXCEEDED              400 LimitExceeded            ResourceExhausted  24 No
    CIPHERTEXT_REJECTED         400 InvalidParameter        InvalidArgument    25 No
    UNAUTHENTICATED_VALUE       400 InvalidParameter        InvalidArgument    26 No
    NO_TRANSFORMER              0   -                       InvalidArgument    27 No
    TOO_LARGE                   413 RequestEntityTooLarge   InvalidArgument    28 No
    WRITE_CONFLICT              412 NoEtagMatch             Aborted            29 AfterReading
    THROTTLED                   429 TooManyRequests         ResourceExhausted  30 BackOff
    BACKEND_UNAVAILABLE         503 ServiceUnavailable      Unavailable        31 BackOff
    INTERNAL                    500 InternalServerError     Internal           70 No
";

#[test]
fn every_code_has_the_answers_of_the_specification() {
    let mut checked = 0;
    let lines = TABLE.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    for (words, code) in lines.filter(|words| !words.is_empty()).zip(Code::ALL) {
        let row = code.row();
        let (status, answer) = row.oci.map_or((0, "-"), |oci| (oci.status, oci.code));
        let (status, exit) = (status.to_string(), row.exit.to_string());
        let (grpc, retry): (GrpcStatus, Retry) = (row.grpc, row.retry);
        let (grpc, retry) = (format!("{grpc:?}"), format!("{retry:?}"));
        assert_eq!(words, [row.name, &status, answer, &grpc, &exit, &retry]);
        assert_eq!(Code::named(row.name), Some(code));
        checked += 1;
    }
    assert_eq!(checked, 16);
}

#[test]
fn what_is_not_there_and_what_is_not_allowed_are_one_answer_to_the_byte() {
    let answer = Code::NotAuthorizedOrNotFound.row().oci;
    assert_eq!(Code::PolicyUnusable.row().oci, answer);
    assert_eq!(Code::KeyGone.row().oci, answer);
}
