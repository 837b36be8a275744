//! Many small arrays (250 i32 each, lz4): written, changed, opened, listed, read.

use crate::support::{
    Failure, SMALL, Watch, create, define_series, expect, fill_small, memory, open, small_name, wait,
    write_series,
};
use array_format::{ArrayFile, Lz4Codec};

fn check(file: &ArrayFile, array: usize, plus: usize) -> Result<(), Failure> {
    let name = small_name(array);
    let mut expected = vec![0; SMALL];
    fill_small(&mut expected, array + plus);
    let values = wait(file.read_array::<i32>(&name, vec![], vec![]))?;
    expect(values.as_slice() == Some(&expected), &name)
}

pub fn write(path: &str, count: usize) -> Result<String, Failure> {
    let mut values = vec![0; SMALL];
    let mut watch = Watch::start();
    let mut file = create(path, Lz4Codec)?;
    for i in 0..count {
        let name = small_name(i);
        fill_small(&mut values, i);
        define_series::<i32>(&mut file, &name, SMALL)?;
        write_series(&mut file, &name, &values)?;
    }
    wait(file.flush())?;
    watch.stop();
    let peak = memory("VmHWM");
    drop(file);

    let file = open(path)?;
    expect(file.list_arrays().len() == count, "the number of arrays")?;
    for i in (0..count).step_by(97) {
        check(&file, i, 0)?;
    }
    Ok(watch.report(peak, &[]))
}

/// `changes` arrays, spread over all, in one flush.
pub fn change(path: &str, count: usize, changes: usize) -> Result<String, Failure> {
    let mut file = open(path)?;
    let mut values = vec![0; SMALL];
    let mut watch = Watch::start();
    for i in 0..changes {
        let array = i * (count / changes);
        fill_small(&mut values, array + 1);
        write_series(&mut file, &small_name(array), &values)?;
    }
    wait(file.flush())?;
    watch.stop();
    let peak = memory("VmHWM");
    for i in 0..changes {
        check(&file, i * (count / changes), 1)?;
    }
    Ok(watch.report(peak, &[]))
}

pub fn open_and_look_up(path: &str, count: usize) -> Result<String, Failure> {
    let name = small_name(count / 2);
    let before = memory("RssAnon");
    let mut watch = Watch::start();
    let file = open(path)?;
    let array = file.get_array(&name)?;
    watch.stop();
    let heap = memory("RssAnon") - before;
    let peak = memory("VmHWM");
    expect(array.layout.shape == [SMALL as u32], &name)?;
    Ok(watch.report(peak, &[("heap", heap as f64)]))
}

pub fn list(path: &str, count: usize) -> Result<String, Failure> {
    let file = open(path)?;
    let mut watch = Watch::start();
    let arrays = file.list_arrays();
    watch.stop();
    let peak = memory("VmHWM");
    expect(arrays.len() == count, "the number of arrays")?;
    for (i, array) in arrays.iter().enumerate() {
        expect(array.name == small_name(i) && array.shape == [SMALL as u32], &array.name)?;
    }
    Ok(watch.report(peak, &[]))
}

/// One array again and again.
pub fn read(path: &str, count: usize, times: usize) -> Result<String, Failure> {
    let file = open(path)?;
    let array = count / 2 + 1;
    let name = small_name(array);
    check(&file, array, 0)?;
    let mut sum = 0;
    let mut watch = Watch::start();
    for i in 0..times {
        let values = wait(file.read_array::<i32>(&name, vec![], vec![]))?;
        sum += i64::from(values[[i % SMALL]]);
    }
    watch.stop();
    let peak = memory("VmHWM");
    let expected: usize = (0..times).map(|i| array + (i % SMALL) * (i % SMALL)).sum();
    expect(sum == expected as i64, "the values read")?;
    Ok(watch.report(peak, &[]))
}
