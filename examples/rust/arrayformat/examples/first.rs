//! cargo run --example first
use arrayformat::{File, Region, Result};

fn main() -> Result<()> {
    let mut file = File::create("weather.af")?;
    file.write("celsius", &[2, 3], &[11.5, 12.0, 12.25, 9.75, 10.0, 10.5])?;
    file.flush()?;
    drop(file);

    let file = File::open("weather.af")?;
    let tomorrow: Vec<f64> = file.read("celsius", Region { start: &[1, 0], shape: &[1, 3] })?;
    println!("tomorrow: {tomorrow:?}");

    if let Err(error) = file.read::<f64>("celsius", Region { start: &[2, 0], shape: &[1, 3] }) {
        println!("{error}");
    }
    Ok(())
}
