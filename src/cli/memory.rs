//! What a process with keys in it leaves behind: no core file, and nothing in swap where the system lets it be kept out.

/// Keeps the memory of this process to itself. Called before the first key is read; what the system does not allow is
/// left as it is.
pub(super) fn keep_to_itself() {
    #[cfg(target_os = "linux")]
    {
        use rustix::mm::{MlockAllFlags, mlockall};
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
        // Where there is a limit the next allocation beyond it would fail, and the program with it.
        if getrlimit(Resource::Memlock).current.is_none() {
            let _ = mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT);
        }
    }
}
