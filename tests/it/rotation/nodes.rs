//! Real etcd processes on loopback.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// An etcd of some nodes, gone when it is dropped.
pub(crate) struct Nodes {
    folder: tempfile::TempDir,
    nodes: Vec<Node>,
}

struct Node {
    client: u16,
    peer: u16,
    process: Mutex<Option<Child>>,
}

impl Nodes {
    /// Starts nodes; `None`, and a word about it, where there is no etcd on this machine.
    pub(crate) fn start(count: usize) -> Option<Self> {
        if Command::new("etcd").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err()
        {
            eprintln!("skipped: etcd is not installed (Debian: etcd-server)");
            return None;
        }
        // All at once, so that no two are the same.
        let free: Vec<TcpListener> =
            (0..2 * count).map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
        let ports: Vec<u16> = free.iter().map(|port| port.local_addr().expect("an address").port()).collect();
        drop(free);
        let nodes =
            ports.chunks(2).map(|ports| Node { client: ports[0], peer: ports[1], process: Mutex::new(None) });
        let nodes = Self { folder: tempfile::tempdir().expect("a folder"), nodes: nodes.collect() };
        for number in 0..count {
            nodes.revive(number);
        }
        let begun = Instant::now();
        while nodes.leader().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(30), "etcd elects no leader");
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(nodes)
    }

    pub(crate) fn endpoints(&self) -> Vec<String> {
        self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.client)).collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.nodes.len()
    }

    fn data(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("node{number}"))
    }

    /// Starts a node, or starts it again with what it has.
    pub(crate) fn revive(&self, number: usize) {
        let node = &self.nodes[number];
        let mut process = node.process.lock().unwrap();
        if process.is_some() {
            return;
        }
        let peers: Vec<String> = self
            .nodes
            .iter()
            .enumerate()
            .map(|(i, node)| format!("n{i}=http://127.0.0.1:{}", node.peer))
            .collect();
        let client = format!("http://127.0.0.1:{}", node.client);
        let peer = format!("http://127.0.0.1:{}", node.peer);
        let child = Command::new("etcd")
            .arg("--name")
            .arg(format!("n{number}"))
            .arg("--data-dir")
            .arg(self.data(number))
            .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
            .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
            .args(["--initial-cluster", &peers.join(","), "--initial-cluster-state", "new"])
            .args(["--heartbeat-interval", "100", "--election-timeout", "1000"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("etcd starts");
        *process = Some(child);
    }

    /// Kills a node with SIGKILL.
    pub(crate) fn kill(&self, number: usize) {
        if let Some(mut process) = self.nodes[number].process.lock().unwrap().take() {
            process.kill().expect("SIGKILL");
            process.wait().expect("it is gone");
        }
    }

    /// Which node leads; `None` during an election.
    pub(crate) fn leader(&self) -> Option<usize> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for (number, node) in self.nodes.iter().enumerate() {
                let options = etcd_client::ConnectOptions::new()
                    .with_timeout(Duration::from_millis(500))
                    .with_connect_timeout(Duration::from_millis(500));
                let endpoint = format!("127.0.0.1:{}", node.client);
                let Ok(mut client) = etcd_client::Client::connect([endpoint], Some(options)).await else {
                    continue;
                };
                let Ok(status) = client.status().await else { continue };
                let me = status.header().map(etcd_client::ResponseHeader::member_id);
                if status.leader() != 0 && me == Some(status.leader()) {
                    return Some(number);
                }
            }
            None
        })
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for number in 0..self.nodes.len() {
            self.kill(number);
        }
    }
}
