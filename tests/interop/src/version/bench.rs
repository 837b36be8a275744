//! The figures that the project's benchmark is compared with.

use super::af::{ArrayFile, FileConfig, Lz4Codec};
use crate::{store_of, wait};
use ndarray::{ArrayView, IxDyn};
use serde_json::{Value, json};
use std::time::Instant;

const LENGTH: usize = 250;

/// The most memory this process ever held, in bytes.
fn peak_rss() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes: u64 = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0);
    kibibytes * 1024
}

pub fn write(path: &str, count: usize) -> Result<Value, String> {
    let (store, key) = store_of(path)?;
    let started = Instant::now();
    let mut file =
        wait(ArrayFile::create(store, key, FileConfig::new(Lz4Codec))).map_err(|e| e.to_string())?;
    let mut values = vec![0i32; LENGTH];
    for i in 0..count {
        let name = format!("profile_{i:07}");
        for (k, value) in values.iter_mut().enumerate() {
            *value = (i + k * k) as i32;
        }
        file.define_array::<i32>(&name, vec!["depth".into()], vec![LENGTH], None, None)
            .map_err(|e| e.to_string())?;
        let view = ArrayView::from_shape(IxDyn(&[LENGTH]), &values).map_err(|e| e.to_string())?;
        wait(file.write_array::<i32>(&name, vec![0], view)).map_err(|e| e.to_string())?;
    }
    let written = started.elapsed();
    wait(file.flush()).map_err(|e| e.to_string())?;
    Ok(json!({
        "arrays": count,
        "define_write_seconds": written.as_secs_f64(),
        "flush_seconds": (started.elapsed() - written).as_secs_f64(),
        "peak_rss_bytes": peak_rss(),
    }))
}

pub fn open(path: &str, name: &str) -> Result<Value, String> {
    let (store, key) = store_of(path)?;
    let started = Instant::now();
    let file = wait(ArrayFile::open(store, key, FileConfig::new(Lz4Codec))).map_err(|e| e.to_string())?;
    let opened = started.elapsed();
    file.get_array(name).map_err(|e| e.to_string())?;
    let looked_up = started.elapsed();
    let count = file.list_arrays().len();
    let listed = started.elapsed();
    let array = wait(file.read_array::<i32>(name, vec![], vec![])).map_err(|e| e.to_string())?;
    let read = started.elapsed();
    Ok(json!({
        "arrays": count,
        "elements_read": array.len(),
        "open_seconds": opened.as_secs_f64(),
        "lookup_seconds": (looked_up - opened).as_secs_f64(),
        "list_seconds": (listed - looked_up).as_secs_f64(),
        "read_one_seconds": (read - listed).as_secs_f64(),
        "peak_rss_bytes": peak_rss(),
    }))
}
