//! Finds the library where pkg-config says it is. The program then looks for it as any other does: in the system's folders and in
//! LD_LIBRARY_PATH.
fn main() {
    pkg_config::Config::new()
        .atleast_version("0.1.0")
        .probe("arrayformat")
        .expect("arrayformat is installed");
}
