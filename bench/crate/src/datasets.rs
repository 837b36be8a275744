//! Stores of many datasets, through the crate atlas-rust 0.14 with its own defaults: written, opened, read across, changed, and the
//! cases that the crate times itself with.

use crate::support::{Failure, SMALL, Watch, expect, memory, small_name, wait};
use atlas::{Atlas, StoreConfig};
use ndarray::{ArrayView, IxDyn};

fn scattered(i: usize, count: usize) -> usize {
    i * 7919 % count
}

fn fill_values(values: &mut [f32], base: usize) {
    for (k, value) in values.iter_mut().enumerate() {
        *value = base as f32 + k as f32 / 512.0;
    }
}

pub fn write(folder: &str, count: usize) -> Result<String, Failure> {
    let mut values = vec![0f32; SMALL];
    let mut watch = Watch::start();
    let mut atlas = wait(Atlas::create_path(folder, StoreConfig::default()))?;
    for i in 0..count {
        let mut dataset = wait(atlas.create_dataset(&small_name(i)))?;
        for (variable, base) in [("temp", i), ("salt", scattered(i, count))] {
            fill_values(&mut values, base);
            wait(dataset.define_array::<f32>(variable, vec!["dim0".into()], vec![SMALL], None, None))?;
            wait(dataset.write_array::<f32>(variable, vec![0], ArrayView::from_shape(IxDyn(&[SMALL]), &values)?))?;
        }
    }
    wait(atlas.flush())?;
    watch.stop();
    Ok(watch.report(memory("VmHWM"), &[]))
}

pub fn open(folder: &str, count: usize) -> Result<String, Failure> {
    let before = memory("RssAnon");
    let mut watch = Watch::start();
    let atlas = wait(Atlas::open_path(folder))?;
    let names = atlas.list_datasets();
    watch.stop();
    let heap = memory("RssAnon") as f64 - before as f64;
    let peak = memory("VmHWM");
    expect(names.len() == count, "the number of datasets")?;
    Ok(watch.report(peak, &[("heap", heap)]))
}

pub fn ragged(folder: &str, count: usize) -> Result<String, Failure> {
    let atlas = wait(Atlas::open_path(folder))?;
    let names = atlas.list_datasets();
    let mut watch = Watch::start();
    let arrays = wait(atlas.read_array_across::<f32>("temp", &names, vec![], vec![]))?;
    watch.stop();
    let peak = memory("VmHWM");
    expect(arrays.len() == count, "the number of arrays")?;
    let mut expected = vec![0f32; SMALL];
    for (i, array) in arrays.iter().enumerate() {
        fill_values(&mut expected, i);
        let array = array.as_ref().ok_or("an array is missing")?;
        expect(array.iter().eq(expected.iter()), &small_name(i))?;
    }
    Ok(watch.report(peak, &[]))
}

pub fn touch(folder: &str, count: usize) -> Result<String, Failure> {
    let mut atlas = wait(Atlas::open_path(folder))?;
    let mut dataset = wait(atlas.open_dataset(&small_name(count / 3)))?;
    let now = wait(dataset.read_array::<f32>("temp", vec![], vec![]))?.ok_or("no array")?;
    let mut values = vec![0f32; SMALL];
    fill_values(&mut values, *now.first().ok_or("no element")? as usize + 1);
    let mut watch = Watch::start();
    wait(dataset.write_array::<f32>("temp", vec![0], ArrayView::from_shape(IxDyn(&[SMALL]), &values)?))?;
    wait(atlas.flush())?;
    watch.stop();
    Ok(watch.report(memory("VmHWM"), &[]))
}

type Case = (Vec<usize>, Vec<usize>, &'static [&'static str]);

fn case_of(name: &str) -> Result<Case, Failure> {
    match name {
        "gridded" => Ok((vec![100, 100, 48], vec![50, 50, 24], &["temp", "salt", "oxygen"])),
        "profile" => Ok((vec![50, 168], vec![50, 168], &["temp", "salt"])),
        "sensors" => Ok((vec![24], vec![24], &["temp", "salt", "oxygen"])),
        _ => Err("no such case".into()),
    }
}

fn value_of(dataset: usize, k: usize) -> f32 {
    (dataset % 97 + k % 1009) as f32 / 8.0
}

pub fn write_case(folder: &str, count: usize, case: &str) -> Result<String, Failure> {
    let (shape, chunks, variables) = case_of(case)?;
    let names: Vec<String> = (0..shape.len()).map(|axis| format!("dim{axis}")).collect();
    let mut values = vec![0f32; shape.iter().product()];
    let mut watch = Watch::start();
    let mut atlas = wait(Atlas::create_path(folder, StoreConfig::default()))?;
    for i in 0..count {
        let mut dataset = wait(atlas.create_dataset(&small_name(i)))?;
        watch.stop();
        for (k, value) in values.iter_mut().enumerate() {
            *value = value_of(i, k);
        }
        watch.resume();
        for variable in variables {
            wait(dataset.define_array::<f32>(variable, names.clone(), shape.clone(), Some(chunks.clone()), None))?;
            wait(dataset.write_array::<f32>(variable, vec![0; shape.len()], ArrayView::from_shape(IxDyn(&shape), &values)?))?;
        }
    }
    wait(atlas.flush())?;
    watch.stop();
    Ok(watch.report(memory("VmHWM"), &[]))
}

pub fn read_case(folder: &str, count: usize, case: &str) -> Result<String, Failure> {
    let (shape, _, variables) = case_of(case)?;
    let part: Vec<usize> = shape.iter().map(|extent| extent / 4).collect();
    let mut watch = Watch::start();
    let atlas = wait(Atlas::open_path(folder))?;
    let names = atlas.list_datasets();
    let mut last = None;
    for variable in variables {
        last = Some(wait(atlas.read_array_across_stacked::<f32>(variable, &names, vec![0; shape.len()], part.clone()))?);
    }
    watch.stop();
    let peak = memory("VmHWM");
    let values = last.ok_or("nothing was read")?;
    expect(values.len() == count * part.iter().product::<usize>(), "the number of elements")?;
    for (i, value) in values.iter().step_by(part.iter().product()).enumerate() {
        expect(*value == value_of(i, 0), &small_name(i))?;
    }
    Ok(watch.report(peak, &[]))
}
