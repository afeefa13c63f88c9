//! A request that a missing statement refuses: what is said, and whether doing as told mends it.

use std::fmt::Write;

use ocipol::decide::Verdict;
use ocipol::explain::Account;
use ocipol::parse;
use ocipol::request::{Action, Ask, Asker};
use ocipol::source::Source;
use ocipol::tenancy::AttachedPolicy;

use crate::world::{self, World};

/// Who may do what in the fixture, so that each of its statements is needed by one of them.
const MAY: [(&str, &str, &str); 4] = [
    ("prod", "Decrypt", "etcd-key"),
    ("ada", "GetKey", "etcd-key"),
    ("cid", "ScheduleKeyDeletion", "other-key"),
    ("cid", "UpdateVault", "main-vault"),
];

/// Puts each suggested statement where the account says.
fn mend(world: &mut World, account: &Account) {
    for repair in &account.repairs {
        let text =
            format!("# policy: mend\n# attach: {}\n{}\n", repair.tenancy, repair.statements.join("\n"));
        let id = world.sources.add(Source::new("mend.policy", text).unwrap());
        let (policies, findings) = parse::policies(world.sources.get(id).unwrap(), id);
        assert_eq!(findings, [], "{:?}", repair.statements);
        for policy in policies {
            let attachment =
                ocipol::tenancy::place(&world.model, &policy.attachment.as_ref().unwrap().node).unwrap();
            world.model.attach(AttachedPolicy { name: "mend".to_owned(), id: None, attachment, policy });
        }
    }
}

#[test]
fn any_one_statement_of_the_cross_tenancy_fixture_that_is_missing_is_named_and_mended() {
    let whole = World::fixture("oke/cross-tenancy.tenancy.yaml");
    let program = whole.program();
    for (who, operation, target) in MAY {
        let (decision, _) = world::ask(&program, who, operation, target);
        assert_eq!(decision.verdict, Verdict::Allow, "{who} {operation} {target}");
    }
    let mut told = String::new();
    let policies: Vec<(String, usize)> = whole
        .model
        .policies()
        .iter()
        .map(|policy| (policy.name.clone(), policy.policy.statements().count()))
        .collect();
    for (name, count) in policies {
        for missing in 0..count {
            let mut world = World::fixture("oke/cross-tenancy.tenancy.yaml");
            let mut policy =
                world.model.policies().iter().find(|policy| policy.name == name).unwrap().clone();
            let home = world.model.compartment(policy.attachment).unwrap().tenancy;
            world.model.detach(home, &name);
            let item = policy.policy.items.remove(missing);
            let line = world.sources.get(policy.policy.source).unwrap().slice(item.span).to_owned();
            world.model.attach(policy);
            writeln!(told, "=== without: {line}").unwrap();
            let program = world.program();
            let mut refused = 0;
            for (who, operation, target) in MAY {
                let (decision, account) = world::ask(&program, who, operation, target);
                if decision.verdict.is_allow() {
                    continue;
                }
                refused += 1;
                assert!(!account.repairs.is_empty(), "{line}: nothing is suggested to {who}");
                tell(&mut told, &account);
                let mut mended = World::fixture("oke/cross-tenancy.tenancy.yaml");
                mended.model = world.model.clone();
                mend(&mut mended, &account);
                let (decision, _) = world::ask(&mended.program(), who, operation, target);
                assert_eq!(decision.verdict, Verdict::Allow, "{line}: {:?}", account.repairs);
            }
            assert!(refused > 0, "nobody needs {line}");
        }
    }
    insta::assert_snapshot!(told);
}

/// What a person is told to add, once it is added, allows what was asked, of users, groups and compartments too.
#[test]
fn what_is_suggested_for_people_and_compartments_really_allows_it() {
    let asked = [
        ("UpdateUser", &["kim"][..]),
        ("DeleteGroup", &["Temps"]),
        ("AddUserToGroup", &["kim", "Temps"]),
        ("AddUserToGroup", &["Temps", "kim"]),
        ("RemoveUserFromGroup", &["kim", "KeyUsers"]),
        ("MoveCompartment", &["Fjord/apps:web", "Fjord/net"]),
        ("MoveCompartment", &["Fjord/apps:web", "Fjord/apps"]),
    ];
    for who in ["tom", "kim", "fleet"] {
        for (operation, targets) in asked {
            let mut question =
                Ask::new(Asker::Named(who.to_owned()), Action::Operation(operation.to_owned()), targets[0]);
            question.targets = targets.iter().map(|&target| target.into()).collect();
            let mut world = World::fixture("simulate/questions.tenancy.yaml");
            let (decision, account) = world::put(&world.program(), question.clone());
            assert_eq!(decision.verdict, Verdict::ImplicitDeny, "{who} {operation}");
            mend(&mut world, &account);
            let (decision, _) = world::put(&world.program(), question);
            assert_eq!(decision.verdict, Verdict::Allow, "{who} {operation}: {:?}", account.repairs);
        }
    }
}

fn tell(out: &mut String, account: &Account) {
    writeln!(out, "{}", account.headline).unwrap();
    for finding in &account.permissions {
        writeln!(out, "  {}: {}", finding.need, finding.reason).unwrap();
        for near in &finding.near {
            writeln!(out, "    near {} #{}: {}", near.statement.policy, near.statement.number, near.obstacle)
                .unwrap();
        }
    }
    for rejected in &account.rejected {
        let help = rejected.help.as_deref().unwrap_or_default();
        writeln!(
            out,
            "  not in force {} #{}: {} - {help}",
            rejected.policy, rejected.number, rejected.reason
        )
        .unwrap();
    }
    for change in &account.changes {
        writeln!(out, "  to change: {}: {}", change.what, change.how).unwrap();
    }
    for repair in &account.repairs {
        writeln!(out, "  to add in {} - {}:", repair.tenancy, repair.purpose).unwrap();
        for statement in &repair.statements {
            writeln!(out, "    {statement}").unwrap();
        }
        for also in &repair.also {
            writeln!(out, "    also counts {also}").unwrap();
        }
    }
}
