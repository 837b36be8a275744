//! Larger arrays (10,000 i32 each, lz4, random walks): written, read at random, read by several threads.

use crate::support::{
    Failure, WALK, Watch, create, define_series, expect, fill_walk, memory, open, wait, walk_name,
    write_series,
};
use array_format::{ArrayFile, Lz4Codec};
use futures::stream::{self, StreamExt};
use std::sync::Arc;

/// As in the crate's own benchmark of parallel reads.
const TASKS: usize = 32;
const READS_AT_ONCE: usize = 32;

pub fn write(path: &str, count: usize) -> Result<String, Failure> {
    let mut values = vec![0; WALK];
    let mut watch = Watch::start();
    let mut file = create(path, Lz4Codec)?;
    for i in 0..count {
        fill_walk(&mut values, i);
        define_series::<i32>(&mut file, &walk_name(i), WALK)?;
        write_series(&mut file, &walk_name(i), &values)?;
    }
    wait(file.flush())?;
    watch.stop();
    Ok(watch.report(memory("VmHWM"), &[]))
}

/// Whole arrays at random, once the cache is full.
pub fn read_at_random(path: &str, count: usize, times: usize) -> Result<String, Failure> {
    let file = open(path)?;
    for i in 0..count / 3 {
        wait(file.read_array::<i32>(&walk_name(i), vec![], vec![]))?;
    }
    let mut expected = vec![0; WALK];
    let mut state = 1u64;
    let mut watch = Watch::stopped();
    for _ in 0..times {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let array = (state >> 33) as usize % count;
        let name = walk_name(array);
        watch.resume();
        let values = wait(file.read_array::<i32>(&name, vec![], vec![]))?;
        watch.stop();
        fill_walk(&mut expected, array);
        expect(values.as_slice() == Some(&expected), &name)?;
    }
    Ok(watch.report(memory("VmHWM"), &[]))
}

/// The last elements of every 32nd array.
async fn read_share(file: Arc<ArrayFile>, count: usize, first: usize) -> Vec<(usize, Option<i32>)> {
    let arrays = stream::iter((first..count).step_by(TASKS));
    let read = arrays.map(|i| {
        let file = Arc::clone(&file);
        async move {
            let values = file.read_array::<i32>(&walk_name(i), vec![], vec![]).await;
            (i, values.ok().and_then(|values| values.last().copied()))
        }
    });
    read.buffered(READS_AT_ONCE).collect().await
}

/// All arrays once, by tasks on `threads` threads.
pub fn read_side_by_side(path: &str, count: usize, threads: usize) -> Result<String, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).build()?;
    let file = Arc::new(open(path)?);
    let mut watch = Watch::start();
    let last = runtime.block_on(async {
        let tasks: Vec<_> =
            (0..TASKS).map(|first| tokio::spawn(read_share(Arc::clone(&file), count, first))).collect();
        futures::future::try_join_all(tasks).await
    })?;
    watch.stop();
    let peak = memory("VmHWM");
    let mut expected = vec![0; WALK];
    let mut found = 0;
    for (i, value) in last.into_iter().flatten() {
        fill_walk(&mut expected, i);
        expect(value == expected.last().copied(), &walk_name(i))?;
        found += 1;
    }
    expect(found == count, "the number of arrays read")?;
    Ok(watch.report(peak, &[]))
}
