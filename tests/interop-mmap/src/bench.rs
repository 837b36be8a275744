//! The crate's side of bench/mmap_bench.cc: nanoseconds, one line for each round.

use crate::{Outcome, text};
use scirs2_core::memory::mmap_array::MmapArray;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

fn rounds(count: &str, mut round: impl FnMut() -> Outcome<u128>) -> Outcome<String> {
    let count: usize = count.parse().map_err(text)?;
    let lines = (0..count).map(|_| Ok(round()?.to_string())).collect::<Outcome<Vec<_>>>()?;
    Ok(lines.join("\n"))
}

pub fn open(path: &Path, count: &str) -> Outcome<String> {
    rounds(count, || {
        let start = Instant::now();
        let array = MmapArray::<f64>::open_read_only(path).map_err(text)?;
        black_box(array.view().map_err(text)?.first().copied());
        drop(array);
        Ok(start.elapsed().as_nanos())
    })
}

pub fn sum(path: &Path, count: &str) -> Outcome<String> {
    let array = MmapArray::<f64>::open_read_only(path).map_err(text)?;
    let view = array.view().map_err(text)?;
    black_box(view.sum());
    rounds(count, || {
        let start = Instant::now();
        black_box(view.sum());
        Ok(start.elapsed().as_nanos())
    })
}

pub fn first_write(path: &Path, count: &str) -> Outcome<String> {
    rounds(count, || {
        let mut array = MmapArray::<f64>::open_cow(path).map_err(text)?;
        let start = Instant::now();
        if let Some(first) = array.view_mut().map_err(text)?.first_mut() {
            *first = 1.0;
        }
        Ok(start.elapsed().as_nanos())
    })
}
