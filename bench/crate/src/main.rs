//! The same work as the project's timed programs, through the published crate array-format 0.12, as its users would write it.
//!
//! One job a run. It checks what it read, and prints its figures as one line of JSON: seconds, seconds of processor time in
//! user mode, the peak of resident memory in bytes.

mod arrays;
mod datasets;
mod grid;
mod stack;
mod support;
mod walks;

use std::process::ExitCode;

const USAGE: &str = "\
usage: af-bench-crate JOB FILE ...
  arrays-write FILE COUNT | arrays-change FILE COUNT CHANGES | arrays-open FILE COUNT | arrays-list FILE COUNT
  arrays-read FILE COUNT TIMES
  walks-write FILE COUNT | walks-random FILE COUNT TIMES | walks-parallel FILE COUNT THREADS
  grid-write FILE EXTENT CODEC | grid-read FILE EXTENT | grid-box FILE EXTENT | grid-single FILE EXTENT TIMES
  stack-layers FILE COUNT LAYERS | stack-dead FILE ARRAYS_A_LAYER | stack-compact FILE ARRAYS_A_LAYER
  datasets-write FOLDER COUNT | datasets-open FOLDER COUNT | datasets-ragged FOLDER COUNT | datasets-touch FOLDER COUNT
  datasets-case-write FOLDER COUNT CASE | datasets-case-read FOLDER COUNT CASE
  stack-attributes FILE COUNT DISTINCT | stack-column FILE COUNT DISTINCT | stack-touch FILE COUNT";

fn run(arguments: &[String]) -> Result<String, support::Failure> {
    let [job, path, rest @ ..] = arguments else { return Err(USAGE.into()) };
    if let ("grid-write", [extent, codec]) = (job.as_str(), rest) {
        return grid::write(path, extent.parse()?, codec);
    }
    if let [count, case] = rest {
        match job.as_str() {
            "datasets-case-write" => return datasets::write_case(path, count.parse()?, case),
            "datasets-case-read" => return datasets::read_case(path, count.parse()?, case),
            _ => {}
        }
    }
    let numbers = rest.iter().map(|text| text.parse()).collect::<Result<Vec<usize>, _>>()?;
    match (job.as_str(), numbers.as_slice()) {
        ("arrays-write", [count]) => arrays::write(path, *count),
        ("arrays-change", [count, changes]) => arrays::change(path, *count, *changes),
        ("arrays-open", [count]) => arrays::open_and_look_up(path, *count),
        ("arrays-list", [count]) => arrays::list(path, *count),
        ("arrays-read", [count, times]) => arrays::read(path, *count, *times),
        ("walks-write", [count]) => walks::write(path, *count),
        ("walks-random", [count, times]) => walks::read_at_random(path, *count, *times),
        ("walks-parallel", [count, threads]) => walks::read_side_by_side(path, *count, *threads),
        ("grid-read", [extent]) => grid::read(path, *extent),
        ("grid-box", [extent]) => grid::read_box(path, *extent),
        ("grid-single", [extent, times]) => grid::write_single(path, *extent, *times),
        ("datasets-write", [count]) => datasets::write(path, *count),
        ("datasets-open", [count]) => datasets::open(path, *count),
        ("datasets-ragged", [count]) => datasets::ragged(path, *count),
        ("datasets-touch", [count]) => datasets::touch(path, *count),
        ("stack-layers", [count, layers]) => stack::make_layers(path, *count, *layers),
        ("stack-dead", [per_layer]) => stack::make_dead(path, *per_layer),
        ("stack-compact", [per_layer]) => stack::compact(path, *per_layer),
        ("stack-attributes", [count, distinct]) => stack::make_attributes(path, *count, *distinct),
        ("stack-column", [count, distinct]) => stack::read_column(path, *count, *distinct),
        ("stack-touch", [count]) => stack::touch(path, *count),
        _ => Err(USAGE.into()),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("af-bench-crate: {failure}");
            ExitCode::FAILURE
        }
    }
}
