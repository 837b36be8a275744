//! A program that does without the library where there is none: it looks the functions up when it runs.
//! cargo run -- [libarrayformat.so.1]
use libloading::{Library, Symbol};
use std::error::Error;
use std::ffi::{CStr, c_char, c_void};
use std::ptr::null_mut;

const ABI_VERSION: i32 = 1;

type CreateMemory = unsafe extern "C" fn(*const c_void, *mut *mut c_void, *mut *mut c_void) -> i32;
type IsDirty = unsafe extern "C" fn(*const c_void, *mut u8, *mut *mut c_void) -> i32;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or("libarrayformat.so.1".into());
    unsafe {
        let library = Library::new(path)?;
        let abi_version: Symbol<unsafe extern "C" fn() -> i32> = library.get("af_abi_version")?;
        if abi_version() != ABI_VERSION {
            return Err("made for another ABI".into());
        }
        let status_name: Symbol<unsafe extern "C" fn(i32) -> *const c_char> =
            library.get("af_status_name")?;
        let create_memory: Symbol<CreateMemory> = library.get("af_file_create_memory")?;
        let is_dirty: Symbol<IsDirty> = library.get("af_file_is_dirty")?;
        let close: Symbol<unsafe extern "C" fn(*mut c_void)> = library.get("af_file_close")?;

        let (mut file, mut dirty) = (null_mut(), 1);
        let created = create_memory(null_mut(), &mut file, null_mut());
        let asked = is_dirty(file, &mut dirty, null_mut());
        close(file);
        let after = is_dirty(file, &mut dirty, null_mut());
        println!("an empty file in memory, {}", if dirty == 0 { "unchanged" } else { "changed" });
        for status in [created, asked, after] {
            println!("{}", CStr::from_ptr(status_name(status)).to_str()?);
        }
    }
    Ok(())
}
