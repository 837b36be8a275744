package arrayformat

import (
	"unsafe"

	"arrayformat.org/go/internal/raw"
)

// Codec compresses blocks.
type Codec int32

// CodecUnknown is that of arrays of several datasets.
const CodecUnknown Codec = -1

const (
	CodecDefault Codec = iota // zstd at level 3
	CodecNone
	CodecLZ4
	CodecZstd
)

// Durability says what a call waits for.
type Durability int32

const (
	DurabilityFull Durability = iota // what a successful call wrote survives a crash and a loss of power
	DurabilityNone                   // scratch data: nothing waits for the disk
)

// Tuning is what files and atlases have in common. Zeros are the defaults.
type Tuning struct {
	Codec Codec
	// CodecLevel is used when Codec is CodecZstd.
	CodecLevel int32
	Durability Durability
	// Threads for long calls: 0 = one for each core.
	Threads                               int32
	BlockSize, WriteBufferSize, CacheSize int64
	// Ceilings for files that are not trusted.
	MaxLayers, MaxArrays, MaxAllocation int64
}

// FileOptions are those of opening, creating and copying a file. Nil and zeros are the defaults.
type FileOptions struct {
	Tuning
	Writable      bool  // opening: it may be changed
	Replace       bool  // creating: an existing stack of this name is replaced whole
	FooterVersion int32 // creating: 4 or 5; copying: 6 too
	Layers        int32 // opening: the stack as it was when it had so many
	// CompactAt compacts after a flush that leaves so many layers or more; 0: never.
	CompactAt int64
}

// OpenWritable opens a file to be changed.
var OpenWritable = &FileOptions{Writable: true}

func (o *FileOptions) raw() (*raw.FileOptions, error) {
	made := new(raw.FileOptions)
	if err := check(raw.Af_file_options_init(unsafe.Pointer(made), int64(unsafe.Sizeof(*made)), 0)); err != nil || o == nil {
		return made, err
	}
	made.Writable, made.Replace, made.FooterVersion, made.Layers = o.Writable, o.Replace, o.FooterVersion, o.Layers
	made.CompactAt = o.CompactAt
	made.Codec, made.CodecLevel, made.Durability, made.Threads = int32(o.Codec), o.CodecLevel, int32(o.Durability), o.Threads
	made.BlockSize, made.WriteBufferSize, made.CacheSize = o.BlockSize, o.WriteBufferSize, o.CacheSize
	made.MaxLayers, made.MaxArrays, made.MaxAllocation = o.MaxLayers, o.MaxArrays, o.MaxAllocation
	return made, nil
}

// Generation is a kind of atlas.
type Generation int32

const (
	AtlasSchema1    Generation = 1   // read by atlas 0.9 and 0.10
	AtlasSchema2    Generation = 2   // atlas 0.12; copied to, never created
	AtlasSchema3    Generation = 3   // atlas 0.13 and 0.14
	AtlasContainer1 Generation = 101 // data.atlas of atlas 0.16; never created
	AtlasContainer8 Generation = 108 // data.atlas of atlas 0.17; copied to, never created
)

// MetadataFormat is that of an atlas's metadata document.
type MetadataFormat int32

const (
	MetadataJSON    MetadataFormat = 1
	MetadataMsgpack MetadataFormat = 2
)

// AtlasOptions are those of opening and creating an atlas. Nil and zeros are the defaults.
type AtlasOptions struct {
	Tuning
	Writable       bool
	Generation     Generation
	MetadataFormat MetadataFormat
	MetadataCodec  Codec
	// TypeMismatchIsError: no dataset may give a variable or attribute a type that does not widen to the others'.
	TypeMismatchIsError bool
	MaxDatasets         int64
	// KeepCommits is how many commits of this handle stay open to AtCommit.
	KeepCommits int64
	// AtCommit opens to read what was committed then, a number of [Atlas.Commits].
	AtCommit int64
}

func (o *AtlasOptions) raw() (*raw.AtlasOptions, error) {
	made := new(raw.AtlasOptions)
	if err := check(raw.Af_atlas_options_init(unsafe.Pointer(made), int64(unsafe.Sizeof(*made)), 0)); err != nil || o == nil {
		return made, err
	}
	made.Writable, made.Generation, made.MetadataFormat = o.Writable, int32(o.Generation), int32(o.MetadataFormat)
	made.MetadataCodec, made.MaxDatasets = int32(o.MetadataCodec), o.MaxDatasets
	made.KeepCommits, made.AtCommit = o.KeepCommits, o.AtCommit
	if o.TypeMismatchIsError {
		made.TypeMismatch = 1
	}
	made.Codec, made.CodecLevel, made.Durability, made.Threads = int32(o.Codec), o.CodecLevel, int32(o.Durability), o.Threads
	made.BlockSize, made.WriteBufferSize, made.CacheSize = o.BlockSize, o.WriteBufferSize, o.CacheSize
	made.MaxLayers, made.MaxArrays, made.MaxAllocation = o.MaxLayers, o.MaxArrays, o.MaxAllocation
	return made, nil
}

// MmapMode says what becomes of changes to a mapped array.
type MmapMode int32

const (
	MmapReadOnly MmapMode = iota
	MmapReadWrite
	MmapCopyOnWrite
)

// MmapOptions are those of opening and creating a mapped array. Nil and zeros are the defaults.
type MmapOptions struct {
	Mode       MmapMode // opening
	Durability Durability
	Replace    bool // creating: a file of this name is replaced
	Lock       bool // keep out others that ask for the lock
	Strict     bool // opening: every byte of the header must be right
	Reserve    bool // creating: take all disk space at once
}

func (o *MmapOptions) raw() (*raw.MmapOptions, error) {
	made := new(raw.MmapOptions)
	if err := check(raw.Af_mmap_options_init(unsafe.Pointer(made), int64(unsafe.Sizeof(*made)), 0)); err != nil || o == nil {
		return made, err
	}
	made.Mode, made.Durability = int32(o.Mode), int32(o.Durability)
	made.Replace, made.Lock, made.Strict, made.Reserve = o.Replace, o.Lock, o.Strict, o.Reserve
	return made, nil
}

// IOStats are what a handle has asked of its store.
type IOStats struct {
	ReadRequests, BytesRead, WriteRequests, BytesWritten, BlocksDecoded, BytesDecoded, CacheHits int64
}

func ioStats(l *living, ask func(handle uintptr, stats unsafe.Pointer, call uintptr) uintptr) (IOStats, error) {
	found := raw.IOStats{}
	found.StructSize = uint32(unsafe.Sizeof(found))
	err := l.check(ask(l.handle, unsafe.Pointer(&found), 0))
	return IOStats{found.ReadRequests, found.BytesRead, found.WriteRequests, found.BytesWritten, found.BlocksDecoded,
		found.BytesDecoded, found.CacheHits}, err
}
