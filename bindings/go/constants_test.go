package arrayformat_test

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	af "arrayformat.org/go"
)

var constants = map[string]int{
	"NOT_FOUND": int(af.NotFound), "ALREADY_EXISTS": int(af.AlreadyExists), "ARRAY_NOT_FOUND": int(af.ArrayNotFound),
	"ARRAY_ALREADY_EXISTS": int(af.ArrayAlreadyExists), "DATASET_NOT_FOUND": int(af.DatasetNotFound),
	"DATASET_ALREADY_EXISTS": int(af.DatasetAlreadyExists), "ATTRIBUTE_NOT_FOUND": int(af.AttributeNotFound),
	"INVALID_NAME": int(af.InvalidName), "INVALID_ARGUMENT": int(af.InvalidArgument), "DTYPE_MISMATCH": int(af.DataTypeMismatch),
	"OUT_OF_BOUNDS": int(af.OutOfBounds), "LIMIT_EXCEEDED": int(af.LimitExceeded), "CORRUPT": int(af.Corrupt),
	"UNSUPPORTED": int(af.Unsupported), "READ_ONLY": int(af.ReadOnly), "CONFLICT": int(af.Conflict), "STALE": int(af.Stale),
	"CANCELLED": int(af.Cancelled), "TIMED_OUT": int(af.TimedOut), "UNAUTHENTICATED": int(af.Unauthenticated),
	"PERMISSION_DENIED": int(af.PermissionDenied), "IO": int(af.IO), "OUT_OF_MEMORY": int(af.OutOfMemory), "FORKED": int(af.Forked),
	"INTERNAL": int(af.Internal), "BOOL": int(af.Bool), "INT8": int(af.Int8), "INT16": int(af.Int16), "INT32": int(af.Int32),
	"INT64": int(af.Int64), "UINT8": int(af.Uint8), "UINT16": int(af.Uint16), "UINT32": int(af.Uint32), "UINT64": int(af.Uint64),
	"FLOAT32": int(af.Float32), "FLOAT64": int(af.Float64), "STRING": int(af.String), "BINARY": int(af.Binary),
	"FIXED_SIZE_LIST": int(af.FixedSizeList), "LIST": int(af.List), "TIMESTAMP_NS": int(af.TimestampNS),
	"CODEC_DEFAULT": int(af.CodecDefault), "CODEC_NONE": int(af.CodecNone), "CODEC_LZ4": int(af.CodecLZ4),
	"CODEC_ZSTD": int(af.CodecZstd), "DURABILITY_FULL": int(af.DurabilityFull), "DURABILITY_NONE": int(af.DurabilityNone),
	"PUT_ALWAYS": int(af.PutAlways), "PUT_IF_ABSENT": int(af.PutIfAbsent), "PUT_IF_MATCH": int(af.PutIfMatch),
	"METADATA_JSON": int(af.MetadataJSON), "METADATA_MSGPACK": int(af.MetadataMsgpack), "ATLAS_SCHEMA_1": int(af.AtlasSchema1),
	"ATLAS_SCHEMA_2": int(af.AtlasSchema2), "ATLAS_SCHEMA_3": int(af.AtlasSchema3), "ATLAS_CONTAINER_1": int(af.AtlasContainer1),
	"ATLAS_CONTAINER_8": int(af.AtlasContainer8), "MMAP_READ_ONLY": int(af.MmapReadOnly), "MMAP_READ_WRITE": int(af.MmapReadWrite),
	"MMAP_COPY_ON_WRITE": int(af.MmapCopyOnWrite), "ADVICE_NORMAL": int(af.AdviceNormal), "ADVICE_SEQUENTIAL": int(af.AdviceSequential),
	"ADVICE_RANDOM": int(af.AdviceRandom), "ADVICE_WILL_NEED": int(af.AdviceWillNeed), "ADVICE_DONT_NEED": int(af.AdviceDontNeed),
	"MATCH_PREFIX": int(af.MatchPrefix), "MATCH_GLOB": int(af.MatchGlob), "PRESENT_REFUSE": int(af.PresentRefuse),
	"PRESENT_SKIP": int(af.PresentSkip), "PRESENT_REPLACE": int(af.PresentReplace),
	// These have no name in Go.
	"OK": 0, "MAX_RANK": 32, "MISMATCH_ALLOW": 0, "MISMATCH_ERROR": 1, "ABI_VERSION": 1, "VERSION_TOKEN_SIZE": 64, "MMAP_MAX_RANK": 6,
}

func TestConstantsAreTheHeaders(t *testing.T) {
	header, err := os.ReadFile("../../include/arrayformat/arrayformat.h")
	if err != nil {
		t.Skip("the header is not beside this package")
	}
	for _, found := range regexp.MustCompile(`(?m)^#define AF_(\w+) (\d+)`).FindAllSubmatch(header, -1) {
		name, number := string(found[1]), of(strconv.Atoi(string(found[2])))(t)
		if regexp.MustCompile(`^VERSION_(MAJOR|MINOR|PATCH)$`).MatchString(name) {
			continue
		}
		if value, there := constants[name]; !there || value != number {
			t.Errorf("AF_%s is %d, found %d (%v)", name, number, value, there)
		}
	}
}

func TestNames(t *testing.T) {
	expect(t, "status", af.NotFound.Error(), "not-found")
	expect(t, "dtype", []any{af.TimestampNS.String(), af.Float32.Size(), af.String.Size()}, []any{"TimestampNs", 4, 0})
	version, abi := af.VersionNumber()
	expect(t, "version", []any{af.Version() != "", version > 0, abi}, []any{true, true, 1})
}
