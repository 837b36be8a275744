package raw

/*
#include <arrayformat/arrayformat.h>
*/
import "C"

import "unsafe"

// The structs of the header, field by field. Newer libraries may have more fields at the end: struct_size says where ours ends.

type FileOptions struct {
	StructSize                       uint32
	Writable, Replace                bool
	_                                [2]uint8
	FooterVersion, Codec, CodecLevel int32
	Durability, Threads, Layers      int32
	BlockSize, WriteBufferSize       int64
	CacheSize                        int64
	MaxLayers, MaxArrays             int64
	MaxAllocation, CompactAt         int64
}

type AtlasOptions struct {
	StructSize                 uint32
	Writable                   bool
	_                          [3]uint8
	Generation, MetadataFormat int32
	MetadataCodec, Codec       int32
	CodecLevel, TypeMismatch   int32
	Durability, Threads        int32
	BlockSize, WriteBufferSize int64
	CacheSize                  int64
	MaxLayers, MaxArrays       int64
	MaxAllocation, MaxDatasets int64
	KeepCommits, AtCommit      int64
}

type MmapOptions struct {
	StructSize                     uint32
	Mode, Durability               int32
	Replace, Lock, Strict, Reserve bool
}

type LayerInfo struct {
	StructSize             uint32
	Foreign                bool
	_                      [3]uint8
	Number, Size           int64
	ArrayCount, BlockCount int64
	ID                     [16]uint8
}

type IOStats struct {
	StructSize                  uint32
	_                           uint32
	ReadRequests, BytesRead     int64
	WriteRequests, BytesWritten int64
	BlocksDecoded, BytesDecoded int64
	CacheHits                   int64
}

type AtlasInfo struct {
	StructSize             uint32
	Generation             int32
	FooterVersion, Codec   int32
	MetadataFormat         int32
	MetadataCodec          int32
	DatasetCount, RowCount int64
	VariableCount, Epoch   int64
	CreatedUnixMs, Commit  int64
}

// It does not compile where a last field lies elsewhere than C's.
const (
	fileOptions  = unsafe.Offsetof(FileOptions{}.CompactAt) - unsafe.Offsetof(C.af_file_options{}.compact_at)
	atlasOptions = unsafe.Offsetof(AtlasOptions{}.AtCommit) - unsafe.Offsetof(C.af_atlas_options{}.at_commit)
	mmapOptions  = unsafe.Offsetof(MmapOptions{}.Reserve) - unsafe.Offsetof(C.af_mmap_options{}.reserve)
	layerInfo    = unsafe.Offsetof(LayerInfo{}.ID) - unsafe.Offsetof(C.af_layer_info{}.id)
	ioStats      = unsafe.Offsetof(IOStats{}.CacheHits) - unsafe.Offsetof(C.af_io_stats{}.cache_hits)
	atlasInfo    = unsafe.Offsetof(AtlasInfo{}.Commit) - unsafe.Offsetof(C.af_atlas_info{}.commit)
)

var _ = [1]struct{}{}[fileOptions+atlasOptions+mmapOptions+layerInfo+ioStats+atlasInfo]
