//! Stacks: many layers, compaction, attributes.

use crate::support::{
    Failure, SMALL, WALK, Watch, create, define_series, expect, fill_small, fill_walk, memory, open,
    small_name, wait, walk_name, write_series,
};
use array_format::{AttributeValue, Lz4Codec};

const LAYERS: usize = 10;
const KEY: &str = "station";

/// `count` small arrays, an equal part of them in each layer.
pub fn make_layers(path: &str, count: usize, layers: usize) -> Result<String, Failure> {
    let mut file = create(path, Lz4Codec)?;
    let mut values = vec![0; SMALL];
    let mut watch = Watch::start();
    for layer in 0..layers {
        for i in count * layer / layers..count * (layer + 1) / layers {
            fill_small(&mut values, i);
            define_series::<i32>(&mut file, &small_name(i), SMALL)?;
            write_series(&mut file, &small_name(i), &values)?;
        }
        wait(file.flush())?;
    }
    watch.stop();
    Ok(watch.report(memory("VmHWM"), &[]))
}

fn rewritten(per_layer: usize) -> usize {
    per_layer / (LAYERS - 1)
}

/// Ten layers of `per_layer` new arrays, each but the first writing a ninth of those of the layer before anew.
pub fn make_dead(path: &str, per_layer: usize) -> Result<String, Failure> {
    let mut file = create(path, Lz4Codec)?;
    let mut values = vec![0; WALK];
    let mut watch = Watch::start();
    for layer in 0..LAYERS {
        let begin = layer * per_layer;
        for i in begin..begin + per_layer {
            fill_walk(&mut values, i);
            define_series::<i32>(&mut file, &walk_name(i), WALK)?;
            write_series(&mut file, &walk_name(i), &values)?;
        }
        for i in 0..if layer == 0 { 0 } else { rewritten(per_layer) } {
            let array = begin - per_layer + i;
            fill_walk(&mut values, array + 1);
            write_series(&mut file, &walk_name(array), &values)?;
        }
        wait(file.flush())?;
    }
    watch.stop();
    Ok(watch.report(memory("VmHWM"), &[]))
}

pub fn compact(path: &str, per_layer: usize) -> Result<String, Failure> {
    let before = memory("VmHWM");
    let mut file = open(path)?;
    let mut watch = Watch::start();
    wait(file.compact())?;
    watch.stop();
    let peak = memory("VmHWM");
    drop(file);
    let file = open(path)?;
    expect(file.num_layers() == 1, "one layer")?;
    let mut expected = vec![0; WALK];
    for i in (0..LAYERS * per_layer).step_by(7) {
        let is_new = i / per_layer < LAYERS - 1 && i % per_layer < rewritten(per_layer);
        fill_walk(&mut expected, i + usize::from(is_new));
        let found = wait(file.read_array::<i32>(&walk_name(i), vec![], vec![]))?;
        expect(found.as_slice() == Some(&expected), &walk_name(i))?;
    }
    Ok(watch.report(peak, &[("grown", (peak - before) as f64)]))
}

/// `count` small arrays of which nothing is written, with one attribute each, of `distinct` values.
pub fn make_attributes(path: &str, count: usize, distinct: usize) -> Result<String, Failure> {
    let mut file = create(path, Lz4Codec)?;
    let mut watch = Watch::start();
    for i in 0..count {
        define_series::<i32>(&mut file, &small_name(i), SMALL)?;
        file.set_attribute(&small_name(i), KEY, AttributeValue::Int64((i % distinct) as i64))?;
    }
    wait(file.flush())?;
    watch.stop();
    Ok(watch.report(memory("VmHWM"), &[]))
}

pub fn read_column(path: &str, count: usize, distinct: usize) -> Result<String, Failure> {
    let file = open(path)?;
    let mut watch = Watch::start();
    let column = file.attribute_index(KEY);
    watch.stop();
    let peak = memory("VmHWM");
    expect(column.len() == count, "the number of arrays")?;
    for (i, (name, value)) in column.iter().enumerate() {
        let right = *value == Some(&AttributeValue::Int64((i % distinct) as i64));
        expect(right && *name == small_name(i), name)?;
    }
    Ok(watch.report(peak, &[]))
}

/// One array's values written, one flush.
pub fn touch(path: &str, count: usize) -> Result<String, Failure> {
    let mut file = open(path)?;
    let name = small_name(count / 2);
    let mut values = vec![0; SMALL];
    fill_small(&mut values, count / 2);
    let mut watch = Watch::start();
    write_series(&mut file, &name, &values)?;
    wait(file.flush())?;
    watch.stop();
    let peak = memory("VmHWM");
    let found = wait(open(path)?.read_array::<i32>(&name, vec![], vec![]))?;
    expect(found.as_slice() == Some(&values), &name)?;
    Ok(watch.report(peak, &[]))
}
