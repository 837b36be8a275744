//! The crate's three codecs as one type, chosen when the program runs.

use super::af::block::CodecId;
use super::af::{CompressionCodec, Lz4Codec, NoCompression, Result, ZstdCodec};

pub struct Codec(Box<dyn CompressionCodec>);

impl Codec {
    pub fn new(name: &str, level: i32) -> Self {
        match name {
            "none" => Self(Box::new(NoCompression)),
            "lz4" => Self(Box::new(Lz4Codec)),
            "zstd" => Self(Box::new(ZstdCodec { level })),
            other => panic!("no such codec: {other}"),
        }
    }
}

impl CompressionCodec for Codec {
    fn id(&self) -> CodecId {
        self.0.id()
    }

    fn compress(&self, data: &[u8]) -> Result<Vec<u8>> {
        self.0.compress(data)
    }

    fn decompress(&self, data: &[u8], uncompressed_size: usize) -> Result<Vec<u8>> {
        self.0.decompress(data, uncompressed_size)
    }
}
