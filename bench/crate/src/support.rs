//! What the jobs share: clocks, memory, opening files, and the values that all sides write and check.

use array_format::{ArrayElement, ArrayFile, CompressionCodec, FileConfig, Lz4Codec};
use ndarray::{ArrayView, IxDyn};
use object_store::{ObjectStore, local::LocalFileSystem, path::Path};
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

pub type Failure = Box<dyn std::error::Error>;

/// Runs a future to its end, on this thread.
pub fn wait<F: Future>(future: F) -> F::Output {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    let build = || tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    RUNTIME.get_or_init(build).block_on(future)
}

/// A field of /proc/self/status, such as VmHWM (the peak of resident memory), in bytes.
pub fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let digits = line.map(|rest| rest.chars().filter(char::is_ascii_digit).collect::<String>());
    1024 * digits.and_then(|digits| digits.parse::<u64>().ok()).unwrap_or(0)
}

/// Seconds of processor time in user mode, of all threads.
fn user_cpu() -> f64 {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().nth(11).and_then(|text| text.parse::<f64>().ok());
    ticks.unwrap_or(0.0) / TICKS_PER_SECOND
}

/// Adds up what happens between start or resume and stop.
pub struct Watch {
    begin: Instant,
    begin_cpu: f64,
    seconds: f64,
    cpu: f64,
}

impl Watch {
    pub fn stopped() -> Self {
        Watch { begin_cpu: 0.0, begin: Instant::now(), seconds: 0.0, cpu: 0.0 }
    }

    pub fn start() -> Self {
        let mut watch = Self::stopped();
        watch.resume();
        watch
    }

    pub fn resume(&mut self) {
        self.begin_cpu = user_cpu();
        self.begin = Instant::now();
    }

    pub fn stop(&mut self) {
        self.seconds += self.begin.elapsed().as_secs_f64();
        self.cpu += user_cpu() - self.begin_cpu;
    }

    /// The line of figures. `peak` is taken when the work ended, before what was read is checked.
    pub fn report(&self, peak: u64, more: &[(&str, f64)]) -> String {
        let mut figures = serde_json::json!({"s": self.seconds, "cpu_s": self.cpu, "peak": peak});
        for (name, figure) in more {
            figures[*name] = (*figure).into();
        }
        figures.to_string()
    }
}

pub fn expect(holds: bool, what: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(format!("wrong: {what}").into()) }
}

/// The folder of a file as a store, and the file's key in it.
fn store_of(path: &str) -> Result<(Arc<dyn ObjectStore>, Path), Failure> {
    let path = std::path::absolute(path)?;
    let folder = path.parent().ok_or("no folder")?;
    let name = path.file_name().and_then(|name| name.to_str()).ok_or("no name")?;
    Ok((Arc::new(LocalFileSystem::new_with_prefix(folder)?), Path::parse(name)?))
}

pub fn create<C: CompressionCodec + 'static>(path: &str, codec: C) -> Result<ArrayFile, Failure> {
    let (store, key) = store_of(path)?;
    Ok(wait(ArrayFile::create(store, key, FileConfig::new(codec)))?)
}

/// With the crate's own defaults: 256 MiB of decoded blocks, 64 MiB of raw ones.
pub fn open(path: &str) -> Result<ArrayFile, Failure> {
    let (store, key) = store_of(path)?;
    Ok(wait(ArrayFile::open(store, key, FileConfig::new(Lz4Codec)))?)
}

pub const SMALL: usize = 250;

pub fn small_name(i: usize) -> String {
    format!("profile_{i:07}")
}

pub fn fill_small(values: &mut [i32], array: usize) {
    for (k, value) in values.iter_mut().enumerate() {
        *value = (array + k * k) as i32;
    }
}

pub const WALK: usize = 10_000;

pub fn walk_name(i: usize) -> String {
    format!("walk_{i:05}")
}

pub fn fill_walk(values: &mut [i32], array: usize) {
    let mut state = array as u64;
    let mut at = array as i32;
    for value in values {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        at += (state >> 60) as i32 - 8;
        *value = at;
    }
}

pub fn define_series<T: ArrayElement>(
    file: &mut ArrayFile,
    name: &str,
    length: usize,
) -> Result<(), Failure> {
    Ok(file.define_array::<T>(name, vec!["dim0".into()], vec![length], None, None)?)
}

pub fn write_series<T: ArrayElement>(file: &mut ArrayFile, name: &str, values: &[T]) -> Result<(), Failure> {
    let view = ArrayView::from_shape(IxDyn(&[values.len()]), values)?;
    Ok(wait(file.write_array::<T>(name, vec![0], view))?)
}
