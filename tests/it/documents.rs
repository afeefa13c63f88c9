//! The statements of the page "Encrypting Kubernetes Secrets at Rest in Etcd": what they really do.
//!
//! Three modes: as printed, with every placeholder bound, and repaired. One test a row of the specification's table.

use ocipol::decide::Verdict;

use crate::world::{World, ask, fixture};

/// What is expected of a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Allow,
    Deny,
    /// Denied, and no policy at all is in force.
    Invalid,
}

const MODES: [&str; 3] = ["verbatim", "bound", "repaired"];

/// Decides a question in one mode under some of the policies, without some of the statements.
fn found(
    mode: &str,
    policies: &[&str],
    without: &[&str],
    who: &str,
    operation: &str,
    target: &str,
) -> Expected {
    let text = std::fs::read_to_string(fixture(&format!("oke/documents/{mode}.policy"))).unwrap();
    let kept: Vec<&str> =
        text.lines().filter(|line| !without.iter().any(|part| line.starts_with(part))).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.policy");
    std::fs::write(&file, kept.join("\n")).unwrap();
    let mut world = World::fixture("oke/documents/world.tenancy.yaml");
    assert!(world.findings.is_empty(), "{:?}", world.findings);
    world.attach(&file, |name| policies.contains(&name));
    let (decision, account) = ask(&world.program(), who, operation, target);
    match decision.verdict {
        Verdict::Allow => Expected::Allow,
        Verdict::ImplicitDeny if account.invalid => Expected::Invalid,
        Verdict::ImplicitDeny => Expected::Deny,
        other @ (Verdict::ExplicitDeny | Verdict::Indeterminate) => panic!("{other:?}"),
    }
}

macro_rules! rows {
    ($($name:ident: $policies:expr, $who:literal $operation:literal $target:literal => $v:ident $b:ident $f:ident;)+) => {$(
        #[test]
        fn $name() {
            for (mode, expected) in MODES.into_iter().zip([Expected::$v, Expected::$b, Expected::$f]) {
                assert_eq!(found(mode, &$policies, &[], $who, $operation, $target), expected, "{mode}");
            }
        }
    )+};
}

// As printed, S2 and S7 hold redacted OCIDs: literals that equal nothing, so that the policy is in force and allows nothing.
rows! {
    s2_allows_k1_to_decrypt_the_local_key: ["S2"], "k1" "Decrypt" "L" => Deny Allow Allow;
    s2_allows_a_cluster_of_another_compartment_too: ["S2"], "k2" "Decrypt" "L" => Deny Allow Allow;
    s2_allows_no_user: ["S2"], "u" "Decrypt" "L" => Deny Deny Deny;
    s2_allows_no_node_pool: ["S2"], "n1" "Decrypt" "L" => Deny Deny Deny;
    s2_does_not_list_keys: ["S2"], "k1" "ListKeys" "ClusterTenancy/acme-kms-key-compartment" => Deny Deny Deny;
    s5_allows_the_dynamic_group: ["S5"], "k1" "Decrypt" "L" => Invalid Allow Allow;
    s5_does_not_reach_a_child_compartment: ["S5"], "k3" "Decrypt" "L" => Invalid Deny Deny;
    s6_keeps_its_angle_brackets: ["S6"], "k1" "Decrypt" "L" => Invalid Invalid Allow;
    s7_pins_one_cluster: ["S7"], "k2" "Decrypt" "L" => Deny Deny Deny;
    s7_still_allows_the_pinned_cluster: ["S7"], "k1" "Decrypt" "L" => Deny Allow Allow;
    k1_decrypts_the_foreign_key_once_the_alias_is_right: ["K", "C"], "k1" "Decrypt" "K" => Invalid Deny Allow;
    k1_encrypts_with_the_foreign_key: ["K", "C"], "k1" "Encrypt" "K" => Invalid Deny Allow;
    k1_makes_data_keys_with_the_foreign_key: ["K", "C"], "k1" "GenerateDataEncryptionKey" "K" => Invalid Deny Allow;
    k1_reads_the_foreign_key: ["K", "C"], "k1" "GetKey" "K" => Invalid Deny Allow;
    k1_signs_with_the_foreign_key: ["K", "C"], "k1" "Sign" "K" => Invalid Deny Allow;
    k1_exports_the_foreign_key: ["K", "C"], "k1" "ExportKey" "K" => Invalid Deny Allow;
    k1_does_not_reach_a_second_foreign_key: ["K", "C"], "k1" "Decrypt" "K2" => Invalid Deny Deny;
    k1_does_not_list_foreign_keys: ["K", "C"], "k1" "ListKeys" "KeyTenancy" => Invalid Deny Deny;
    k1_does_not_delete_the_foreign_key: ["K", "C"], "k1" "ScheduleKeyDeletion" "K" => Invalid Deny Deny;
    k1_does_not_rotate_the_foreign_key: ["K", "C"], "k1" "CreateKeyVersion" "K" => Invalid Deny Deny;
    k2_is_not_in_the_dynamic_group: ["K", "C"], "k2" "Decrypt" "K" => Invalid Deny Deny;
    an_administrator_reads_the_foreign_key: ["K", "C"], "u" "GetKey" "K" => Invalid Deny Allow;
    an_administrator_does_not_list_foreign_keys: ["K", "C"], "u" "ListKeys" "KeyTenancy" => Invalid Deny Deny;
}

#[test]
fn c4_alone_does_not_cross_tenancies() {
    let without = ["Define", "Endorse", "Admit"];
    for mode in ["bound", "repaired"] {
        assert_eq!(found(mode, &["C"], &without, "k1", "Decrypt", "K"), Expected::Deny, "{mode}");
    }
}

#[test]
fn without_c3_nothing_endorses_the_cluster_whatever_c4_says() {
    let without = ["Endorse dynamic-group"];
    assert_eq!(found("repaired", &["K", "C"], &without, "k1", "Decrypt", "K"), Expected::Deny);
}

#[test]
fn without_c4_nothing_changes() {
    let without = ["Allow dynamic-group OKEAdminDynGroup"];
    assert_eq!(found("repaired", &["K", "C"], &without, "k1", "Decrypt", "K"), Expected::Allow);
}
