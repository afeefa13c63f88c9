//! The engines side by side: same statements, same requests, same answers, one run.

use std::hint::black_box;
use std::time::{Duration, Instant};

use cedar_policy::{Authorizer, PolicySet};
use ocipol::catalog::{Permission, ResourceType, Verb};
use ocipol::decide::decide;
use ocipol::explain::explain;
use ocipol::program::{Mode, Program};
use ocipol::request::{Action, Ask, Asker, Request};
use ocipol::resolve::resolve;
use ocipol::source::{Source, Sources};
use ocipol::tenancy;
use ocipol::yaml;
use stats_alloc::Region;

use crate::cedar::{self, Value, entity, uid};
use crate::rego::{self, Grant};
use crate::synthetic::{self, Asked, TYPES};
use crate::worlds::model;

pub(crate) fn run(counts: &[usize]) {
    println!(
        "statements | engine | mean | p50 | p99 | p50 ÷ ocipol | decisions/s, {} threads | ÷ ocipol | build µs a statement | bytes a statement",
        threads()
    );
    println!("---|---|---|---|---|---|---|---|---|---");
    let mut extra = Vec::new();
    for &count in counts {
        extra.push(one(count));
    }
    println!();
    extra.iter().for_each(|line| println!("{line}"));
}

/// Times of what stands before the first decision, the least of twenty rounds.
pub(crate) fn ingest(count: usize) {
    let text = synthetic::tenancy(count);
    let mut best = [Duration::MAX; 3];
    for _ in 0..20 {
        let start = Instant::now();
        let mut sources = Sources::new();
        let id = sources.add(Source::new("bench.tenancy.yaml", text.as_str()).unwrap());
        let (documents, _) = yaml::read(sources.get(id).unwrap(), id);
        let yaml = start.elapsed();
        let nodes = documents[0].get("tenancies").and_then(|node| node.items()).unwrap();
        let mut findings = Vec::new();
        let model = tenancy::read(&mut sources, id, nodes, &mut |_, _| Err(String::new()), &mut findings);
        let read = start.elapsed() - yaml;
        black_box(resolve(&model, Mode::default()));
        let bound = start.elapsed() - read - yaml;
        for (best, found) in best.iter_mut().zip([yaml, read, bound]) {
            *best = found.min(*best);
        }
    }
    let [yaml, read, bound] = best;
    println!("{count} statements: YAML {yaml:.1?}, model and policies {read:.1?}, binding {bound:.1?}");
}

/// Times of single requests, sorted.
struct Times(Vec<Duration>);

impl Times {
    fn of(count: usize, repeat: u32, mut work: impl FnMut(usize)) -> Self {
        let mut times: Vec<Duration> = (0..count)
            .map(|index| {
                work(index);
                let start = Instant::now();
                for _ in 0..repeat {
                    work(index);
                }
                start.elapsed() / repeat
            })
            .collect();
        times.sort_unstable();
        Self(times)
    }

    fn at(&self, percent: usize) -> Duration {
        self.0[(self.0.len() * percent / 100).min(self.0.len() - 1)]
    }

    fn mean(&self) -> Duration {
        self.0.iter().sum::<Duration>() / u32::try_from(self.0.len()).unwrap()
    }
}

/// What one engine did at one size.
struct Row {
    count: usize,
    engine: &'static str,
    times: Times,
    /// Decisions a second with every core at work.
    rate: f64,
    build: Duration,
    bytes: usize,
}

impl Row {
    #[expect(clippy::cast_precision_loss, reason = "a ratio")]
    fn print(&self, ours: Option<&Self>) {
        let ours = ours.unwrap_or(self);
        println!(
            "{} | {} | {:.3?} | {:.3?} | {:.3?} | {:.1} | {:.0} | {:.6} | {:.2} | {}",
            self.count,
            self.engine,
            self.times.mean(),
            self.times.at(50),
            self.times.at(99),
            self.times.at(50).as_secs_f64() / ours.times.at(50).as_secs_f64(),
            self.rate,
            self.rate / ours.rate,
            self.build.as_secs_f64() * 1e6 / self.count as f64,
            self.bytes / self.count
        );
    }
}

fn held(region: &Region<'_, std::alloc::System>) -> usize {
    let change = region.change();
    change.bytes_allocated.saturating_sub(change.bytes_deallocated)
}

fn one(count: usize) -> String {
    let text = synthetic::tenancy(count);
    let asked = synthetic::requests(count, 2_000);

    // ocipol
    let start = Instant::now();
    let tenancies = model(&text);
    let read = start.elapsed();
    let start = Instant::now();
    let region = Region::new(crate::MEMORY);
    let (program, findings) = resolve(&tenancies, Mode::default());
    let (build, bytes) = (start.elapsed(), held(&region));
    assert!(findings.is_empty(), "{findings:?}");
    let requests: Vec<Request> = asked.iter().map(|asked| prepare(&program, asked)).collect();
    let start = Instant::now();
    black_box(decide(&program, &requests[0]));
    let ingest = read + build + start.elapsed();
    let ours: Vec<bool> =
        requests.iter().map(|request| decide(&program, request).verdict.is_allow()).collect();
    let times = Times::of(requests.len(), 50, |index| {
        black_box(decide(&program, &requests[index]));
    });
    let rate = batch(|| (), |(), index| drop(black_box(decide(&program, &requests[index]))), requests.len());
    let ocipol = Row { count, engine: "ocipol", times, rate, build, bytes };
    ocipol.print(None);
    let explained = Times::of(requests.len().min(500), 5, |index| {
        let decision = decide(&program, &requests[index]);
        black_box(explain(&program, &requests[index], &decision));
    });

    let grants = grants(count);
    let few = if count > 20_000 {
        20
    } else if count > 2_000 {
        200
    } else {
        1_000
    };

    // Cedar, one set.
    let texts: Vec<String> = grants.iter().map(in_cedar).collect();
    let region = Region::new(crate::MEMORY);
    let start = Instant::now();
    let whole =
        cedar::policies(texts.iter().enumerate().map(|(number, text)| (number.to_string(), text.as_str())));
    let (build, bytes) = (start.elapsed(), held(&region));
    let entities = cedar::entities(entities(count));
    let authorizer = Authorizer::new();
    let questions: Vec<cedar_policy::Request> = asked.iter().map(in_context).collect();
    let allowed =
        |index: usize, set: &PolicySet| cedar::decide(&authorizer, &questions[index], set, &entities).0;
    (0..few).for_each(|index| assert_eq!(allowed(index, &whole), ours[index], "cedar {index}"));
    let times = Times::of(few, 1, |index| {
        black_box(allowed(index, &whole));
    });
    let rate = batch(|| (), |(), index| _ = black_box(allowed(index, &whole)), few);
    Row { count, engine: "cedar-policy, one set", times, rate, build, bytes }.print(Some(&ocipol));
    drop(whole);

    // Cedar, a set for each group.
    let start = Instant::now();
    let region = Region::new(crate::MEMORY);
    let mut sliced: Vec<PolicySet> = (0..synthetic::groups(count)).map(|_| PolicySet::new()).collect();
    for (number, (grant, text)) in grants.iter().zip(&texts).enumerate() {
        let group: usize = grant.group[1..].parse().unwrap();
        let policy =
            cedar_policy::Policy::parse(Some(cedar_policy::PolicyId::new(number.to_string())), text).unwrap();
        sliced[group].add(policy).unwrap();
    }
    let (build, bytes) = (start.elapsed(), held(&region));
    let by_group = |index: usize| {
        groups_of(&asked[index], count).into_iter().any(|group| allowed(index, &sliced[group]))
    };
    (0..few).for_each(|index| assert_eq!(by_group(index), ours[index], "cedar, sliced {index}"));
    let times = Times::of(few, 1, |index| {
        black_box(by_group(index));
    });
    let rate = batch(|| (), |(), index| _ = black_box(by_group(index)), few);
    Row { count, engine: "cedar-policy, a set a group", times, rate, build, bytes }.print(Some(&ocipol));
    drop(sliced);

    // regorus, keyed.
    let start = Instant::now();
    let region = Region::new(crate::MEMORY);
    let mut engine = rego::engine(&grants);
    let (build, bytes) = (start.elapsed(), held(&region));
    let inputs: Vec<regorus::Value> = asked
        .iter()
        .map(|asked| {
            let groups: Vec<String> =
                groups_of(asked, count).into_iter().map(|group| format!("g{group}")).collect();
            rego::input(&groups, asked.permission, &inside(&asked.compartment), asked.region)
        })
        .collect();
    (0..1_000)
        .for_each(|index| assert_eq!(rego::decide(&mut engine, &inputs[index]), ours[index], "rego {index}"));
    let times = Times::of(1_000, 1, |index| {
        black_box(rego::decide(&mut engine, &inputs[index]));
    });
    let rate =
        batch(|| engine.clone(), |engine, index| _ = black_box(rego::decide(engine, &inputs[index])), 1_000);
    Row { count, engine: "regorus, keyed data", times, rate, build, bytes }.print(Some(&ocipol));

    let share = ours.iter().filter(|allowed| **allowed).count() * 100 / ours.len();
    format!(
        "{count} statements: {share} % of the requests are allowed; ocipol from text to the first decision {:.1} ms; a decision with its explanation p50 {:.1?}",
        ingest.as_secs_f64() * 1e3,
        explained.at(50)
    )
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Decisions a second with every core at work for half a second, round and round over the same requests.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn batch<E: Send>(engine: impl Fn() -> E, decide: impl Fn(&mut E, usize) + Sync, requests: usize) -> f64 {
    // Asking how many there are reads files.
    let threads = threads();
    let start = Instant::now();
    let done: usize = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let (mut engine, decide) = (engine(), &decide);
                scope.spawn(move || {
                    let mut done = 0;
                    // The clock is not read for each of the fast ones.
                    while start.elapsed() < Duration::from_millis(500) {
                        for _ in 0..requests.min(if done < 100 { 1 } else { 100 }) {
                            decide(&mut engine, (done * threads + thread) % requests);
                            done += 1;
                        }
                    }
                    done
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    done as f64 / start.elapsed().as_secs_f64()
}

fn prepare(program: &Program, asked: &Asked) -> Request {
    let mut ask = Ask::new(
        Asker::Named(asked.user.clone()),
        Action::Permissions(vec![asked.permission.to_owned()]),
        asked.compartment.as_str(),
    );
    ask.region = Some(asked.region.to_owned());
    ask.prepare(program).unwrap()
}

/// The workload's statements, taken apart again.
fn grants(count: usize) -> Vec<Grant> {
    let asked: Vec<(&str, Permission)> = TYPES
        .iter()
        .flat_map(|(_, read, delete)| [*read, *delete])
        .map(|name| (name, Permission::find(name).unwrap()))
        .collect();
    synthetic::statements(count)
        .iter()
        .map(|statement| {
            // Allow group G to V T in compartment C [where request.region = 'R']
            let words: Vec<&str> = statement.split_whitespace().collect();
            // A type the catalogue does not have gives nothing for certain.
            let verb = Verb::find(words[4]).unwrap();
            let found = ResourceType::find(words[5]).map(|found| found.resource_type.granted(verb).certain);
            let given = found.unwrap_or_default();
            let mut permissions: Vec<&str> =
                asked.iter().filter(|(_, one)| given.contains(*one)).map(|(name, _)| *name).collect();
            permissions.sort_unstable();
            permissions.dedup();
            Grant {
                group: words[2].to_owned(),
                permissions,
                place: words[8].to_owned(),
                region: words.get(12).map(|region| region.trim_matches('\'').to_owned()),
            }
        })
        .collect()
}

fn in_cedar(grant: &Grant) -> String {
    let actions: Vec<String> = grant.permissions.iter().map(|name| format!("Action::\"{name}\"")).collect();
    let when = grant.region.as_ref().map_or_else(String::new, |region| {
        format!(" when {{ context has region && context.region == \"{region}\" }}")
    });
    format!(
        "permit(principal in Group::\"{}\", action in [{}], resource in Compartment::\"{}\"){when};",
        grant.group,
        actions.join(", "),
        grant.place
    )
}

fn in_context(asked: &Asked) -> cedar_policy::Request {
    let place = asked.compartment.trim_start_matches("Bench/");
    let values = vec![("region", Value::One(asked.region.to_owned()))];
    cedar::request(
        uid("User", &asked.user),
        uid("Action", asked.permission),
        uid("Compartment", place),
        values,
    )
}

/// The groups of a user: the same three steps as in the workload's model.
fn groups_of(asked: &Asked, count: usize) -> Vec<usize> {
    let (groups, user) = (synthetic::groups(count), asked.user[1..].parse::<usize>().unwrap());
    let mut own: Vec<usize> = (0..3).map(|step| (user + groups * 3 - step * 7 % groups) % groups).collect();
    own.dedup();
    own
}

/// A compartment's path and those of all it is in.
fn inside(compartment: &str) -> Vec<String> {
    let names: Vec<&str> = compartment.trim_start_matches("Bench/").split(':').collect();
    (1..=names.len()).map(|depth| names[..depth].join(":")).collect()
}

fn entities(count: usize) -> Vec<cedar_policy::Entity> {
    let mut all = Vec::new();
    for user in 0..synthetic::groups(count) {
        let asked =
            Asked { user: format!("u{user}"), permission: "", compartment: String::new(), region: "" };
        let groups = groups_of(&asked, count).into_iter().map(|group| uid("Group", &format!("g{group}")));
        all.push(entity("User", &asked.user, groups));
    }
    for number in 0..60 {
        let path = synthetic::compartment(number);
        let parent = path.rsplit_once(':').map(|(parent, _)| uid("Compartment", parent));
        all.push(entity("Compartment", &path, parent));
    }
    all
}
