//! Random trees and texts for the promises.

use ocipol::catalog::Verb;
use ocipol::source::{Span, Spanned};
use ocipol::syntax::{
    Action, Admit, AliasKind, Associate, Association, Attribute, Comparison, Condition, CrossAction, Define,
    Effect, Endorse, Grant, Location, MatchingRule, Name, Operand, Origin, Predicate, Principal, RuleTest,
    Scope, Statement, Subject, Test,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn at<T>(node: T) -> Spanned<T> {
    Spanned::new(node, Span::default())
}

/// Words of the language, which a bare name in some place would be taken for.
const WORDS: [&str; 24] = [
    "all",
    "allow",
    "and",
    "any",
    "as",
    "associate",
    "compartment",
    "deny",
    "group",
    "id",
    "in",
    "inspect",
    "manage",
    "not",
    "of",
    "or",
    "read",
    "service",
    "tenancy",
    "to",
    "use",
    "user",
    "where",
    "with",
];

/// Letters of names, now and then with blanks, quotes and signs that need care.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let word = "[A-Za-z0-9][A-Za-z0-9_-]{0,7}([.][a-z0-9]{1,3})?";
    prop_oneof![
        8 => word.prop_filter("a word of the language", |word| !WORDS.contains(&word.to_lowercase().as_str())),
        2 => "[A-Za-z]{1,4} [A-Za-z ']{0,4}[a-z]",
        1 => "[a-z]{1,3}[!#%(),./:;=@\\\\^_|~+*-]{1,3}[a-z]{1,3}",
    ]
    .prop_filter("text that another tool fills in", |text| {
        !["%s", "%v", "%d", "%q", "%{", "{{"].iter().any(|sign| text.contains(sign))
    })
}

fn name() -> impl Strategy<Value = Spanned<Name>> {
    text().prop_map(|text| at(Name::Literal(text)))
}

fn kind() -> impl Strategy<Value = Spanned<Name>> {
    "[a-z]{3,8}(-[a-z]{3,5})?s".prop_map(|text| at(Name::Literal(text)))
}

fn ocid() -> impl Strategy<Value = Spanned<Name>> {
    "ocid1[.](group|compartment|tenancy)[.]oc1[.][.][a-z2-7]{4,8}".prop_map(|text| at(Name::Literal(text)))
}

fn principal() -> impl Strategy<Value = Spanned<Principal>> {
    prop_oneof![
        4 => (option::weighted(0.3, name()), name()).prop_map(|(domain, name)| at(Principal::Named { domain, name })),
        1 => ocid().prop_map(|id| at(Principal::Id(id))),
    ]
}

fn subject() -> BoxedStrategy<Spanned<Subject>> {
    prop_oneof![
        1 => Just(Subject::AnyUser),
        1 => Just(Subject::AnyGroup),
        4 => vec(principal(), 1..4).prop_map(Subject::Groups),
        3 => vec(principal(), 1..4).prop_map(Subject::DynamicGroups),
        1 => vec(name(), 1..3).prop_map(Subject::Services),
        1 => (name(), name()).prop_map(|(kind, name)| Subject::Resource { kind, name }),
    ]
    .prop_map(at)
    .boxed()
}

fn action() -> BoxedStrategy<Spanned<Action>> {
    let verb = prop::sample::select(vec![Verb::Inspect, Verb::Read, Verb::Use, Verb::Manage]);
    let permission = "[A-Z]{3,6}_[A-Z]{3,6}".prop_map(|text| at(Name::Literal(text)));
    prop_oneof![
        3 => (verb, kind()).prop_map(|(verb, resource)| Action::Verb { verb: at(verb), resource }),
        1 => vec(permission, 1..4).prop_map(Action::Permissions),
    ]
    .prop_map(at)
    .boxed()
}

fn location() -> BoxedStrategy<Spanned<Location>> {
    prop_oneof![
        1 => Just(Location::Tenancy),
        2 => vec(name(), 1..4).prop_map(Location::Compartment),
        1 => ocid().prop_map(Location::CompartmentId),
    ]
    .prop_map(at)
    .boxed()
}

fn scope() -> BoxedStrategy<Spanned<Scope>> {
    prop_oneof![
        Just(Scope::AnyTenancy),
        name().prop_map(Scope::Tenancy),
        (location(), name())
            .prop_filter("`tenancy of tenancy`", |(place, _)| place.node != Location::Tenancy)
            .prop_map(|(compartment, tenancy)| Scope::CompartmentOf { compartment, tenancy }),
        location().prop_map(|place| Scope::Local(place.node)),
    ]
    .prop_map(at)
    .boxed()
}

fn operand() -> BoxedStrategy<Spanned<Operand>> {
    let variable = "(request|target)[.][a-z]{2,6}[.](id|name)";
    prop_oneof![
        4 => text().prop_map(Operand::Text),
        1 => Just(Operand::Text(String::new())),
        1 => "[*]?[a-z][a-z0-9._-]{0,5}[*]?".prop_map(Operand::Pattern),
        1 => variable.prop_map(Operand::Variable),
    ]
    .prop_map(at)
    .boxed()
}

fn quoted() -> impl Strategy<Value = Spanned<Operand>> {
    text().prop_map(|text| at(Operand::Text(text)))
}

fn test() -> impl Strategy<Value = Condition> {
    let variable = "(request|target|2)[.][a-z]{2,6}([.][a-zA-Z0-9_-]{1,5}){0,2}";
    let predicate = prop_oneof![
        4 => operand().prop_map(Predicate::Equal),
        2 => operand().prop_map(Predicate::NotEqual),
        2 => vec(operand(), 1..4).prop_map(Predicate::In),
        1 => vec(operand(), 1..4).prop_map(Predicate::NotIn),
        1 => quoted().prop_map(Predicate::Before),
        1 => quoted().prop_map(Predicate::After),
        1 => (quoted(), quoted()).prop_map(|(from, to)| Predicate::Between { from, to }),
        1 => Just(Predicate::Present),
        1 => Just(Predicate::Absent),
        1 => vec(operand(), 1..3).prop_map(Predicate::SetsEqual),
        1 => vec(quoted(), 1..3).prop_map(Predicate::SetsIntersect),
    ];
    (variable, predicate)
        .prop_map(|(variable, predicate)| Condition::Test(Test { variable: at(variable), predicate }))
}

fn condition() -> BoxedStrategy<Spanned<Condition>> {
    test()
        .prop_recursive(3, 12, 4, |inner| {
            let members = || vec(inner.clone().prop_map(at), 1..4);
            prop_oneof![members().prop_map(Condition::All), members().prop_map(Condition::Any)]
        })
        .prop_map(at)
        .boxed()
}

fn effect() -> impl Strategy<Value = Effect> {
    prop_oneof![3 => Just(Effect::Allow), 1 => Just(Effect::Deny)]
}

fn association() -> impl Strategy<Value = Box<Association>> {
    let side = || (kind(), scope()).prop_map(|(resource, scope)| Associate { resource, scope });
    (side(), side()).prop_map(|(first, second)| Box::new(Association { first, second }))
}

/// A statement the service would accept the shape of.
pub(crate) fn statement() -> BoxedStrategy<Statement> {
    let clause = || option::weighted(0.5, condition());
    let grant = (effect(), subject(), action(), location(), clause()).prop_map(
        |(effect, subject, action, location, condition)| {
            Statement::Grant(Grant { effect: at(effect), subject, action, location, condition })
        },
    );
    let remote = prop_oneof![
        3 => (action(), scope()).prop_map(|(action, place)| CrossAction::In { action, place }),
        1 => association().prop_map(CrossAction::Associate),
    ];
    let endorse = (effect(), subject(), remote, clause()).prop_map(|(effect, subject, action, condition)| {
        Statement::Endorse(Endorse { effect, subject, action, condition })
    });
    let origin = prop_oneof![Just(Origin::AnyTenancy), name().prop_map(Origin::Tenancy)];
    let local = prop_oneof![
        3 => (action(), location()).prop_map(|(action, place)| CrossAction::In { action, place }),
        1 => association().prop_map(CrossAction::Associate),
    ];
    let admit = (effect(), subject(), origin, local, clause()).prop_map(
        |(effect, subject, origin, action, condition)| {
            Statement::Admit(Admit { effect, subject, origin: at(origin), action, condition })
        },
    );
    let alias = prop::sample::select(vec![
        AliasKind::Tenancy,
        AliasKind::Group,
        AliasKind::DynamicGroup,
        AliasKind::Compartment,
    ]);
    let define = (alias, name(), ocid())
        .prop_map(|(kind, alias, ocid)| Statement::Define(Define { kind: at(kind), alias, ocid }));
    // Boxed: two of them side by side are more than the stack of a thread takes.
    prop_oneof![5 => grant.boxed(), 2 => endorse.boxed(), 2 => admit.boxed(), 1 => define.boxed()].boxed()
}

pub(crate) fn rule() -> impl Strategy<Value = Spanned<MatchingRule>> {
    let attribute = prop_oneof![
        Just(Attribute::InstanceId),
        Just(Attribute::InstanceCompartment),
        Just(Attribute::ResourceId),
        Just(Attribute::ResourceCompartment),
        Just(Attribute::ResourceType),
        ("[a-z]{2,5}", "[a-z_:@-]{2,5}").prop_map(|(namespace, key)| Attribute::Tag { namespace, key }),
    ];
    let value = || text().prop_map(|text| at(Name::Literal(text)));
    let comparison = prop_oneof![
        3 => value().prop_map(Comparison::Equal),
        1 => value().prop_map(Comparison::NotEqual),
        1 => Just(Comparison::Present),
    ];
    let test = (attribute, comparison)
        .prop_filter("only a tag stands alone", |(attribute, comparison)| {
            matches!(attribute, Attribute::Tag { .. }) || *comparison != Comparison::Present
        })
        .prop_map(|(attribute, comparison)| {
            MatchingRule::Test(RuleTest { attribute: at(attribute), comparison })
        });
    test.prop_recursive(3, 12, 4, |inner| {
        let members = || vec(inner.clone().prop_map(at), 1..4);
        prop_oneof![members().prop_map(MatchingRule::All), members().prop_map(MatchingRule::Any)]
    })
    .prop_map(at)
}

/// Words, signs and letters of policy text in any order: nearly right, or not at all.
pub(crate) fn soup() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "allow",
        "Deny",
        "define",
        "endorse",
        "admit",
        "group",
        "dynamic-group",
        "any-user",
        "service",
        "to",
        "of",
        "in",
        "tenancy",
        "compartment",
        "id",
        "read",
        "manage",
        "buckets",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ",",
        ":",
        "/",
        "=",
        "!=",
        "==",
        "'",
        "\"",
        "where",
        "all",
        "any",
        "not",
        "before",
        "between",
        "and",
        "request.region",
        "'iad'",
        "/x*/",
        "${var.x}",
        "%s",
        "<name>",
        "ocid1.group.oc1..a",
        "ocid1:group:oc1::a",
        "//",
        "#",
        "/*",
        "*/",
        "--",
        "&lt;",
        "‘",
        "\u{200b}",
        "\u{a0}",
        "ä",
        "\\",
        "\n",
        "\r\n",
        "\t",
        ".",
        ";",
        "*",
        "`",
        "**",
        "1.",
        "# policy: x",
        "# attach: T",
        "# lint-allow missing-to: y",
    ]);
    let gap = prop::sample::select(vec![" ", "", " ", "\n", "  "]);
    let any = proptest::string::string_regex("[ -~]{0,6}").unwrap();
    let piece = prop_oneof![8 => word.prop_map(str::to_owned), 1 => any];
    vec((piece, gap), 0..40)
        .prop_map(|pieces| pieces.into_iter().flat_map(|(a, b)| [a, b.to_owned()]).collect())
}
