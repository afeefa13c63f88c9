//! The same random policies in both languages give the same decisions for the same reasons.

use std::collections::BTreeMap;

use cedar_policy::{Authorizer, Entity};
use ocipol::decide::{Verdict, decide};
use ocipol::program::{Mode, Program};
use ocipol::request::{Action, Ask, Asker};
use ocipol::resolve::resolve;

use crate::cedar::{self, Value, entity, uid};
use crate::synthetic::Numbers;
use crate::worlds::{self, CLUSTERS, GROUPS, PATHS, PERMISSIONS, Twin, USERS};

pub(crate) fn run(wanted: usize) {
    let (authorizer, entities) = (Authorizer::new(), cedar::entities(people_and_places()));
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    let (mut asked, mut world) = (0, 0);
    while asked < wanted {
        let mut dice = Numbers::new(world);
        let statements: Vec<Twin> = (0..4 + dice.below(12)).map(|_| worlds::statement(&mut dice)).collect();
        let (program, findings) = resolve(&worlds::model(&worlds::tenancy(&statements)), Mode::default());
        assert!(findings.is_empty(), "{findings:?}");
        let texts =
            statements.iter().zip(1..).map(|(twin, number): (_, usize)| (number.to_string(), &*twin.cedar));
        let policies = cedar::policies(texts);
        for _ in 0..200 {
            let question = Question::new(&mut dice);
            let ours = question.ours(&program);
            let (allowed, because) = cedar::decide(&authorizer, &question.cedar(), &policies, &entities);
            let verdict = match (allowed, because.is_empty()) {
                (true, _) => Verdict::Allow,
                (false, true) => Verdict::ImplicitDeny,
                (false, false) => Verdict::ExplicitDeny,
            };
            if ours != (verdict, because.clone()) {
                let texts: Vec<String> =
                    statements.iter().map(|twin| format!("{}\n    {}", twin.oci, twin.cedar)).collect();
                panic!("{question:?}\nocipol {ours:?}\ncedar {verdict:?} {because:?}\n{}", texts.join("\n"));
            }
            *counts.entry(verdict).or_default() += 1;
            asked += 1;
        }
        world += 1;
    }
    let shares: Vec<String> =
        counts.iter().map(|(verdict, count)| format!("{} {}", count, verdict.as_str())).collect();
    println!(
        "cedar-policy: {asked} requests in {world} worlds agree, reasons included ({})",
        shares.join(", ")
    );
    assert!(counts.len() == 3 && counts.values().all(|count| count * 20 > asked), "{counts:?}");
}

fn people_and_places() -> Vec<Entity> {
    let mut all: Vec<Entity> = Vec::new();
    for user in 0..USERS {
        let groups = (0..GROUPS.len()).filter(|&group| worlds::member(user, group));
        all.push(entity(
            "User",
            &format!("u{user}"),
            groups.map(|group| uid("Group", &GROUPS[group].to_lowercase())),
        ));
    }
    for cluster in 0..CLUSTERS {
        let bot = PATHS[worlds::cluster_at(cluster)] == ["a"];
        all.push(entity("Cluster", &format!("k{cluster}"), bot.then(|| uid("Group", "bots"))));
    }
    for path in PATHS {
        let parent = path.split_last().map(|(_, parent)| uid("Compartment", &parent.join(":")));
        all.push(entity("Compartment", &path.join(":"), parent));
    }
    all
}

#[derive(Debug)]
struct Question {
    /// A user, or a cluster counted on from there.
    who: usize,
    permission: &'static str,
    place: usize,
    region: &'static str,
}

impl Question {
    fn new(dice: &mut Numbers) -> Self {
        Self {
            who: dice.below(USERS + CLUSTERS),
            permission: PERMISSIONS[dice.below(PERMISSIONS.len())],
            place: dice.below(PATHS.len()),
            region: ["iad", "phx"][dice.below(2)],
        }
    }

    fn is_of_a_bucket(&self) -> bool {
        !self.permission.starts_with("KEY")
    }

    fn ours(&self, program: &Program) -> (Verdict, Vec<String>) {
        let who = match self.who.checked_sub(USERS) {
            None => format!("ocid1.user.oc1..u{}", self.who),
            Some(cluster) => format!("ocid1.cluster.oc1.iad.k{cluster}"),
        };
        let kind = if self.is_of_a_bucket() { "bucket.oc1.iad.b" } else { "key.oc1.iad.x" };
        let target = format!("ocid1.{kind}{}", self.place);
        let mut ask =
            Ask::new(Asker::Named(who), Action::Permissions(vec![self.permission.to_owned()]), target);
        ask.region = Some(self.region.to_owned());
        let decision = decide(program, &ask.prepare(program).unwrap());
        let because = decision.tests.iter().flat_map(|test| test.because.iter().copied());
        let mut numbers: Vec<String> =
            because.filter_map(|id| program.statement(id)).map(|found| found.number.to_string()).collect();
        numbers.sort_unstable();
        (decision.verdict, numbers)
    }

    fn cedar(&self) -> cedar_policy::Request {
        let low = |text: &str| Value::One(text.to_lowercase());
        let path = PATHS[self.place];
        let mut values = vec![
            ("request.region", low(self.region)),
            ("request.permission", low(self.permission)),
            ("target.compartment.name", low(path.last().unwrap_or(&"Bench"))),
        ];
        if self.is_of_a_bucket() {
            values.push(("target.bucket.name", low(if self.place % 2 == 0 { "LOGS" } else { "photos" })));
        }
        let tags: Vec<String> = match path {
            ["a"] => vec!["x".to_owned()],
            ["a", ..] => vec!["x".to_owned(), "y".to_owned()],
            _ => Vec::new(),
        };
        if !tags.is_empty() {
            values.push(("target.resource.compartment.tag.org.team", Value::Several(tags)));
        }
        let who = match self.who.checked_sub(USERS) {
            None => {
                values.push(("request.principal.type", low("user")));
                values.push(("request.user.name", Value::One(format!("u{}", self.who))));
                let groups: Vec<String> = (0..GROUPS.len())
                    .filter(|&group| worlds::member(self.who, group))
                    .map(|group| GROUPS[group].to_lowercase())
                    .collect();
                if !groups.is_empty() {
                    values.push(("request.groups.name", Value::Several(groups)));
                }
                uid("User", &format!("u{}", self.who))
            }
            Some(cluster) => {
                values.push(("request.principal.type", low("cluster")));
                uid("Cluster", &format!("k{cluster}"))
            }
        };
        cedar::request(who, uid("Action", self.permission), uid("Compartment", &path.join(":")), values)
    }
}
