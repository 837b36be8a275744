//! One array of floats in three dimensions, in chunks of 1 MiB: written, read, an unaligned box read, single elements written.

use crate::support::{Failure, Watch, create, expect, memory, open, wait};
use array_format::{ArrayFile, Lz4Codec, NoCompression, ZstdCodec};
use ndarray::{Array3, ArrayView};

const CHUNK: usize = 64;
const NAME: &str = "grid";

fn shape(extent: usize) -> [usize; 3] {
    [extent, extent, 2 * extent]
}

fn value_at(z: usize, y: usize, x: usize) -> f32 {
    let noise = (((z * 1031 + y) * 2053 + x / 4) as u32).wrapping_mul(2654435761);
    0.25 * (z + y / 2 + x / 8) as f32 + (noise >> 16) as f32 / 4096.0
}

fn values(extent: usize) -> Array3<f32> {
    Array3::from_shape_fn(shape(extent), |(z, y, x)| value_at(z, y, x))
}

fn create_with(path: &str, codec: &str) -> Result<ArrayFile, Failure> {
    match codec {
        "none" => create(path, NoCompression),
        "lz4" => create(path, Lz4Codec),
        "zstd" => create(path, ZstdCodec::new(3)),
        _ => Err(format!("no such codec: {codec}").into()),
    }
}

pub fn write(path: &str, extent: usize, codec: &str) -> Result<String, Failure> {
    let values = values(extent);
    let mut watch = Watch::start();
    let mut file = create_with(path, codec)?;
    let axes = vec!["dim0".into(), "dim1".into(), "dim2".into()];
    file.define_array::<f32>(NAME, axes, shape(extent).to_vec(), Some(vec![CHUNK; 3]), None)?;
    wait(file.write_array::<f32>(NAME, vec![0; 3], values.view().into_dyn()))?;
    wait(file.flush())?;
    watch.stop();
    Ok(watch.report(memory("VmHWM"), &[]))
}

fn read_region(path: &str, start: [usize; 3], shape: [usize; 3]) -> Result<String, Failure> {
    let file = open(path)?;
    let mut watch = Watch::start();
    let values = wait(file.read_array::<f32>(NAME, start.to_vec(), shape.to_vec()))?;
    watch.stop();
    let peak = memory("VmHWM");
    let [z, y, x] = start;
    let right = values
        .into_dimensionality::<ndarray::Ix3>()?
        .indexed_iter()
        .all(|((dz, dy, dx), &value)| value == value_at(z + dz, y + dy, x + dx));
    expect(right, "the values read")?;
    Ok(watch.report(peak, &[]))
}

pub fn read(path: &str, extent: usize) -> Result<String, Failure> {
    read_region(path, [0; 3], shape(extent))
}

/// An eighth of the whole, on no chunk's edge.
pub fn read_box(path: &str, extent: usize) -> Result<String, Failure> {
    let start = extent / 8;
    read_region(path, [start + 5, start + 7, start + 11], [extent / 2, extent / 2, extent])
}

/// Single elements anywhere, one flush.
pub fn write_single(path: &str, extent: usize, times: usize) -> Result<String, Failure> {
    let mut file = open(path)?;
    let size_before = size_of_stack(path)?;
    let mut state = 1u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % bound
    };
    let mut expected = values(extent);
    let mut watch = Watch::start();
    for _ in 0..times {
        let place = shape(extent).map(&mut below);
        let one = ArrayView::from_shape((1, 1, 1), &[-1.0f32])?.into_dyn();
        wait(file.write_array::<f32>(NAME, place.to_vec(), one))?;
        expected[place] = -1.0;
    }
    wait(file.flush())?;
    watch.stop();
    let peak = memory("VmHWM");
    let bytes = size_of_stack(path)? - size_before;
    let found = wait(open(path)?.read_array::<f32>(NAME, vec![], vec![]))?;
    expect(found == expected.into_dyn(), "the values after writes of single elements")?;
    Ok(watch.report(peak, &[("bytes", bytes as f64)]))
}

/// Bytes of all files of the stack, which has a folder of its own.
fn size_of_stack(path: &str) -> Result<u64, Failure> {
    let folder = std::path::Path::new(path).parent().ok_or("no folder")?;
    let sizes = std::fs::read_dir(folder)?.map(|file| Ok(file?.metadata()?.len()));
    sizes.sum::<std::io::Result<u64>>().map_err(Failure::from)
}
