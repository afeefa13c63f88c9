//! Where things are kept: `--store FILE`, `--store etcd://HOST:PORT[,HOST:PORT…]`, or one of each.
//!
//! An etcd keeps secrets and nothing else: whoever can write a cluster's etcd must not be able to say which key it uses.

use std::path::{Path, PathBuf};
use std::sync::Arc;

#[cfg(feature = "etcd")]
use crate::store::StoreError;
use crate::store::{AuditLog, ValueStore};

/// The option that says where.
#[derive(Debug, clap::Args)]
pub(super) struct Places {
    /// A file to keep things in, or `etcd://HOST:PORT[,HOST:PORT…]` to keep secrets in a real etcd; twice for one of each
    #[arg(long, value_name = "STORE", global = true, value_parser = parse)]
    store: Vec<Place>,
}

#[derive(Debug, Clone)]
enum Place {
    File(PathBuf),
    Etcd(Vec<String>),
}

fn parse(text: &str) -> Result<Place, String> {
    let Some(nodes) = text.strip_prefix("etcd://") else { return Ok(Place::File(text.into())) };
    let nodes: Vec<String> = nodes.trim_end_matches('/').split(',').map(str::to_owned).collect();
    let is_node = |node: &String| {
        node.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
    };
    if nodes.iter().all(is_node) {
        Ok(Place::Etcd(nodes))
    } else {
        Err("write etcd://HOST:PORT, more nodes behind commas".to_owned())
    }
}

/// Why things cannot be kept there.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoPlace {
    #[error("`--store` names two {0}")]
    Twice(&'static str),
    #[cfg(not(feature = "etcd"))]
    #[error("this program was built without etcd")]
    NoEtcd,
    #[cfg(feature = "etcd")]
    #[error("the etcd at {0} cannot be used")]
    Etcd(String, #[source] StoreError),
}

impl NoPlace {
    pub(super) fn help(&self) -> &'static str {
        match self {
            Self::Twice(_) => "name one file, one etcd, or one of each",
            #[cfg(not(feature = "etcd"))]
            Self::NoEtcd => "build it with `cargo build --release --features etcd`, or name a file",
            #[cfg(feature = "etcd")]
            Self::Etcd(_, error) => error.help(),
        }
    }
}

impl Places {
    /// The file, where one is named, and the nodes of the etcd: none where no etcd is.
    pub(super) fn file_and_nodes(&self) -> Result<(Option<&Path>, &[String]), NoPlace> {
        let (mut file, mut nodes) = (None, None);
        for place in &self.store {
            let before = match place {
                Place::File(path) => file.replace(path.as_path()).map(|_| "files"),
                Place::Etcd(all) => nodes.replace(all.as_slice()).map(|_| "etcds"),
            };
            if let Some(what) = before {
                return Err(NoPlace::Twice(what));
            }
        }
        Ok((file, nodes.unwrap_or_default()))
    }
}

/// The etcd of some nodes; `None` where there are none.
#[cfg(feature = "etcd")]
pub(super) fn values(
    nodes: &[String],
    audit: Arc<dyn AuditLog>,
) -> Result<Option<Arc<dyn ValueStore>>, NoPlace> {
    if nodes.is_empty() {
        return Ok(None);
    }
    let etcd = crate::store::Etcd::connect(nodes, audit);
    let etcd = etcd.map_err(|error| NoPlace::Etcd(nodes.join(","), error))?;
    Ok(Some(Arc::new(etcd)))
}

/// The etcd of some nodes; `None` where there are none.
#[cfg(not(feature = "etcd"))]
pub(super) fn values(nodes: &[String], _: Arc<dyn AuditLog>) -> Result<Option<Arc<dyn ValueStore>>, NoPlace> {
    if nodes.is_empty() { Ok(None) } else { Err(NoPlace::NoEtcd) }
}
