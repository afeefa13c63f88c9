//! Places where a process may be killed, so that tests can kill it there.

/// A place between two steps of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// F1: before a key version is made.
    BeforeVersion,
    /// F2: after the version's material is durable, before it is the current one.
    VersionDurable,
    /// F3: after it is the current one, before anybody is told.
    VersionCurrent,
    /// F4: a value was read, and is not opened yet.
    ValueRead,
    /// F5: a value was sealed again, and is not written yet.
    ValueSealed,
    /// F6: a value was written, and the progress does not say so yet.
    ValueWritten,
    /// F7: between two pages.
    PageDone,
    /// F8: before the verification.
    BeforeVerification,
    /// F9: after the verification, before the report.
    Verified,
}

impl Point {
    /// All points, in order.
    pub const ALL: [Self; 9] = [
        Self::BeforeVersion,
        Self::VersionDurable,
        Self::VersionCurrent,
        Self::ValueRead,
        Self::ValueSealed,
        Self::ValueWritten,
        Self::PageDone,
        Self::BeforeVerification,
        Self::Verified,
    ];
}

/// Is told when a point is reached. It may stop the process, and never changes anything else.
pub trait FailPoint: Send + Sync {
    /// A point is reached.
    fn reach(&self, point: Point);
}

/// Nothing happens at any point.
#[derive(Debug, Clone, Copy, Default)]
pub struct Off;

impl FailPoint for Off {
    fn reach(&self, _: Point) {}
}
