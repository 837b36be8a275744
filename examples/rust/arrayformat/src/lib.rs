//! A safe wrapper around the part of the library that the example needs: arrays of numbers in a file. The rest is wrapped in the same way.
use arrayformat_sys as sys;
use std::ffi::CStr;
use std::fmt;
use std::ptr::{null, null_mut};

/// What a call answered that failed.
#[derive(Debug)]
pub struct Error {
    pub status: sys::af_status,
    pub message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let name = unsafe { CStr::from_ptr(sys::af_status_name(self.status)) };
        write!(out, "{}: {}", name.to_string_lossy(), self.message)
    }
}

impl std::error::Error for Error {}

pub type Result<T> = std::result::Result<T, Error>;

/// Makes one call: `call` is handed the place for its error.
fn made(call: impl FnOnce(*mut *mut sys::af_error) -> sys::af_status) -> Result<()> {
    let mut error = null_mut();
    let status = call(&mut error);
    if status == sys::AF_OK {
        return Ok(());
    }
    let message = unsafe { CStr::from_ptr(sys::af_error_message(error)) }.to_string_lossy().into_owned();
    unsafe { sys::af_error_free(error) };
    Err(Error { status, message })
}

/// A call that makes something.
fn make<T>(call: impl FnOnce(*mut *mut T, *mut *mut sys::af_error) -> sys::af_status) -> Result<*mut T> {
    let mut out = null_mut();
    made(|error| call(&mut out, error)).map(|()| out)
}

fn text(text: &str) -> (*const std::ffi::c_char, i64) {
    (text.as_ptr().cast(), text.len() as i64)
}

mod sealed {
    pub trait Sealed {}
}

/// A type that arrays are made of: one whose every bit pattern is a value.
pub trait Element: Copy + Default + sealed::Sealed {
    const DATA_TYPE: sys::af_data_type;
}

macro_rules! elements {
    ($($of:ty: $data_type:ident),*) => {
        $(impl sealed::Sealed for $of {}
        impl Element for $of {
            const DATA_TYPE: sys::af_data_type = sys::$data_type;
        })*
    };
}
elements!(i8: AF_INT8, i16: AF_INT16, i32: AF_INT32, i64: AF_INT64, u8: AF_UINT8, u16: AF_UINT16, u32: AF_UINT32, u64: AF_UINT64,
          f32: AF_FLOAT32, f64: AF_FLOAT64);

/// A part of an array.
#[derive(Clone, Copy)]
pub struct Region<'a> {
    pub start: &'a [i64],
    pub shape: &'a [i64],
}

/// A stack of layers in files, open. What was not flushed is dropped with it.
pub struct File(*mut sys::af_file);

// Every call of the library is safe from any thread.
unsafe impl Send for File {}
unsafe impl Sync for File {}

impl Drop for File {
    fn drop(&mut self) {
        unsafe { sys::af_file_close(self.0) }
    }
}

impl File {
    pub fn create(path: &str) -> Result<File> {
        let (path, length) = text(path);
        make(|out, error| unsafe { sys::af_file_create(path, length, null(), out, error) }).map(File)
    }

    pub fn open(path: &str) -> Result<File> {
        let (path, length) = text(path);
        make(|out, error| unsafe { sys::af_file_open(path, length, null(), out, error) }).map(File)
    }

    /// Defines an array of a shape and writes all of it.
    pub fn write<T: Element>(&mut self, name: &str, shape: &[i64], elements: &[T]) -> Result<()> {
        let schema = make(|out, error| unsafe {
            sys::af_schema_create(T::DATA_TYPE, shape.as_ptr(), shape.len() as i32, out, error)
        })?;
        let (name, length) = text(name);
        let defined = made(|error| unsafe { sys::af_file_define(self.0, name, length, schema, error) });
        unsafe { sys::af_schema_free(schema) };
        defined?;
        made(|error| unsafe {
            sys::af_file_write(
                self.0,
                name,
                length,
                null(),
                null(),
                0,
                null(),
                elements.as_ptr().cast(),
                size_of_val(elements) as i64,
                error,
            )
        })
    }

    /// Reads a region of an array, in C order.
    pub fn read<T: Element>(&self, name: &str, region: Region) -> Result<Vec<T>> {
        let found = self.data_type(name)?;
        if found != T::DATA_TYPE || region.start.len() != region.shape.len() {
            let message = format!("array '{name}': dtype {found} and a region of another dtype or rank");
            return Err(Error { status: sys::AF_DTYPE_MISMATCH, message });
        }
        let count = region
            .shape
            .iter()
            .try_fold(1usize, |count, &extent| count.checked_mul(usize::try_from(extent).ok()?));
        let mut elements = vec![T::default(); count.unwrap_or(0)];
        let (name, length) = text(name);
        made(|error| unsafe {
            sys::af_file_read(
                self.0,
                name,
                length,
                region.start.as_ptr(),
                region.shape.as_ptr(),
                region.shape.len() as i32,
                null(),
                elements.as_mut_ptr().cast(),
                size_of_val(&elements[..]) as i64,
                error,
            )
        })?;
        Ok(elements)
    }

    fn data_type(&self, name: &str) -> Result<sys::af_data_type> {
        let (name, length) = text(name);
        let schema = make(|out, error| unsafe { sys::af_file_schema(self.0, name, length, out, error) })?;
        let data_type = unsafe { sys::af_schema_data_type(schema) };
        unsafe { sys::af_schema_free(schema) };
        Ok(data_type)
    }

    /// Commits all changes.
    pub fn flush(&mut self) -> Result<()> {
        made(|error| unsafe { sys::af_file_flush(self.0, error) })
    }
}
