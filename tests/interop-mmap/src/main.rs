//! `af-mmap-reference`: the published MmapArray behind one command.

mod bench;

use ndarray::{ArrayD, IxDyn};
use scirs2_core::memory::mmap_array::{MmapArray, MmapElement};
use std::fmt::Display;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
usage: af-mmap-reference VERB
  create FILE DTYPE SHAPE         from the elements (little-endian bytes) on standard input; SHAPE is like 3x4, or - for a scalar
  dump FILE DTYPE                 prints shape, strides in elements, and the elements as hexadecimal bytes
  set FILE DTYPE rw|cow INDEX HEX changes one element through a mutable view, flushes, prints the elements
  bench-open FILE ROUNDS          prints the nanoseconds that opening and reading the first element takes, one line for each round
  bench-sum FILE ROUNDS           ... summing all elements of a view that was touched before takes
  bench-cow FILE ROUNDS           ... the first write to a copy-on-write array takes
DTYPE is f32, f64, i32 or i64; the benchmarks take f64.";

pub type Outcome<T> = Result<T, String>;

pub fn text(error: impl Display) -> String {
    error.to_string()
}

/// How elements travel: as their little-endian bytes.
trait Element: MmapElement + Copy {
    fn from_bytes(bytes: &[u8]) -> Outcome<Self>;
    fn hex(&self) -> String;
}

macro_rules! element {
    ($type:ty) => {
        impl Element for $type {
            fn from_bytes(bytes: &[u8]) -> Outcome<Self> {
                Ok(<$type>::from_le_bytes(bytes.try_into().map_err(text)?))
            }
            fn hex(&self) -> String {
                self.to_le_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
            }
        }
    };
}
element!(f32);
element!(f64);
element!(i32);
element!(i64);

fn joined(numbers: &[usize]) -> String {
    match numbers {
        [] => "-".to_string(),
        _ => numbers.iter().map(usize::to_string).collect::<Vec<_>>().join("x"),
    }
}

fn split(shape: &str) -> Outcome<Vec<usize>> {
    if shape == "-" {
        return Ok(vec![]);
    }
    shape.split('x').map(|extent| extent.parse().map_err(text)).collect()
}

fn unhex(digits: &str) -> Outcome<Vec<u8>> {
    (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).map_err(text)).collect()
}

fn elements<T: Element>(array: &MmapArray<T>) -> Outcome<String> {
    Ok(array.view().map_err(text)?.iter().map(Element::hex).collect())
}

fn create<T: Element>(path: &Path, shape: &str) -> Outcome<String> {
    let mut bytes = vec![];
    std::io::stdin().read_to_end(&mut bytes).map_err(text)?;
    let values = bytes.chunks_exact(T::element_size()).map(T::from_bytes).collect::<Outcome<Vec<T>>>()?;
    let array = ArrayD::from_shape_vec(IxDyn(&split(shape)?), values).map_err(text)?;
    let created = MmapArray::create(path, &array).map_err(text)?;
    created.flush().map_err(text)?;
    Ok(String::new())
}

fn dump<T: Element>(path: &Path) -> Outcome<String> {
    let array = MmapArray::<T>::open_read_only(path).map_err(text)?;
    Ok(format!("{} {} {}", joined(array.shape()), joined(array.strides()), elements(&array)?))
}

fn set<T: Element>(path: &Path, mode: &str, index: &str, value: &str) -> Outcome<String> {
    let open = if mode == "cow" { MmapArray::<T>::open_cow } else { MmapArray::<T>::open_read_write };
    let mut array = open(path).map_err(text)?;
    let index: usize = index.parse().map_err(text)?;
    let value = T::from_bytes(&unhex(value)?)?;
    *array.view_mut().map_err(text)?.iter_mut().nth(index).ok_or("no such element")? = value;
    array.flush().map_err(text)?;
    elements(&array)
}

fn run_typed<T: Element>(verb: &str, path: &Path, rest: &[&str]) -> Outcome<String> {
    match (verb, rest) {
        ("create", [shape]) => create::<T>(path, shape),
        ("dump", []) => dump::<T>(path),
        ("set", [mode, index, value]) => set::<T>(path, mode, index, value),
        _ => Err(USAGE.to_string()),
    }
}

fn run(arguments: &[&str]) -> Outcome<String> {
    match arguments {
        ["bench-open", path, rounds] => bench::open(Path::new(path), rounds),
        ["bench-sum", path, rounds] => bench::sum(Path::new(path), rounds),
        ["bench-cow", path, rounds] => bench::first_write(Path::new(path), rounds),
        [verb, path, "f32", rest @ ..] => run_typed::<f32>(verb, Path::new(path), rest),
        [verb, path, "f64", rest @ ..] => run_typed::<f64>(verb, Path::new(path), rest),
        [verb, path, "i32", rest @ ..] => run_typed::<i32>(verb, Path::new(path), rest),
        [verb, path, "i64", rest @ ..] => run_typed::<i64>(verb, Path::new(path), rest),
        _ => Err(USAGE.to_string()),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
