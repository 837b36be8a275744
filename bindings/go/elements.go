package arrayformat

import (
	"fmt"
	"time"
	"unsafe"

	"arrayformat.org/go/internal/raw"
)

// DataType is the type of an array's elements. The numbers are the format's own.
type DataType int32

const (
	Bool DataType = iota
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float32
	Float64
	String
	Binary
	FixedSizeList
	List
	TimestampNS
)

// NoDataType stands where a dataset does not have a variable.
const NoDataType DataType = -1

// Size is that of one element in bytes; 0 for variable length and lists.
func (d DataType) Size() int { return int(raw.Af_data_type_size(int(d))) }

func (d DataType) String() string { return goText(raw.Af_data_type_name(int(d))) }

// Timestamp is in nanoseconds since 1970-01-01T00:00:00Z.
type Timestamp int64

// Time is the moment, in UTC.
func (t Timestamp) Time() time.Time { return time.Unix(0, int64(t)).UTC() }

// TimestampOf fails for moments outside the years 1678 to 2262 by being another one.
func TimestampOf(moment time.Time) Timestamp { return Timestamp(moment.UnixNano()) }

// Element is a type that arrays of fixed width are made of.
type Element interface {
	bool | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64 | Timestamp
}

// MmapElement is a type that mapped arrays are made of.
type MmapElement interface {
	int32 | int64 | float32 | float64
}

// DataTypeOf is the type of arrays of T.
func DataTypeOf[T Element]() DataType {
	var element T
	switch any(element).(type) {
	case bool:
		return Bool
	case int8:
		return Int8
	case int16:
		return Int16
	case int32:
		return Int32
	case int64:
		return Int64
	case uint8:
		return Uint8
	case uint16:
		return Uint16
	case uint32:
		return Uint32
	case uint64:
		return Uint64
	case float32:
		return Float32
	case float64:
		return Float64
	}
	return TimestampNS
}

func expectType[T Element](what string, name string, found DataType) error {
	if wanted := DataTypeOf[T](); found != wanted {
		return fault(DataTypeMismatch, "%s '%s' is of dtype %v, expected %v", what, name, found, wanted)
	}
	return nil
}

// clean makes bools of what damaged files may hold instead.
func clean[T Element](elements []T) {
	if _, ok := any(elements).([]bool); ok {
		data, length := addressOf(elements)
		for i, value := range unsafe.Slice((*byte)(data), length) {
			if value > 1 {
				*(*byte)(unsafe.Add(data, i)) = 1
			}
		}
	}
}

// Region is a part of an array: where it starts, and its shape. The zero Region is the whole array.
type Region struct {
	Start, Shape []int64
}

// All is the whole array.
var All = Region{}

func (r Region) rank() int { return len(r.Start) }

func (r Region) check() error {
	if len(r.Start) != len(r.Shape) {
		return fault(InvalidArgument, "a region's start has %d numbers, its shape %d", len(r.Start), len(r.Shape))
	}
	return nil
}

// count is the number of elements of a shape, or an error where no memory could hold them.
func count(shape []int64) (int64, error) {
	all := int64(1)
	for _, extent := range shape {
		if extent < 0 {
			return 0, fault(InvalidArgument, "an extent of %d", extent)
		}
		if extent > 0 && all > (1<<56)/extent {
			return 0, fault(LimitExceeded, "a shape of %v is more than memory can hold", shape)
		}
		all *= extent
	}
	return all, nil
}

// made is memory for elements. What cannot be had is an error, not the end of the program.
func made[T any](elements int64) (found []T, err error) {
	defer func() {
		if recover() != nil {
			err = fault(OutOfMemory, "there is no memory for %d elements", elements)
		}
	}()
	return make([]T, elements), nil
}

// pieces are elements of variable length back to back.
type pieces struct {
	bytes   []byte
	offsets []int64
}

func packed[T ~string | ~[]byte](elements []T) pieces {
	total := 0
	for _, element := range elements {
		total += len(element)
	}
	made := pieces{make([]byte, 0, total), make([]int64, 1, len(elements)+1)}
	for _, element := range elements {
		made.bytes = append(made.bytes, element...)
		made.offsets = append(made.offsets, int64(len(made.bytes)))
	}
	return made
}

func (p pieces) data() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(p.bytes)) }

func (p pieces) text() string { return unsafe.String(unsafe.SliceData(p.bytes), len(p.bytes)) }

func (p pieces) count() int64 { return int64(len(p.offsets) - 1) }

func (p pieces) at(i int) []byte { return p.bytes[p.offsets[i]:p.offsets[i+1]:p.offsets[i+1]] }

func (p pieces) strings() []string {
	found := make([]string, p.count())
	all := string(p.bytes)
	for i := range found {
		found[i] = all[p.offsets[i]:p.offsets[i+1]]
	}
	return found
}

func (p pieces) binaries() [][]byte {
	found := make([][]byte, p.count())
	for i := range found {
		found[i] = p.at(i)
	}
	return found
}

// taken pieces are copied, and the library's freed.
func takenPieces(values uintptr) pieces {
	defer raw.Af_values_free(values)
	return pieces{
		copyOf[byte](raw.Af_values_data(values), raw.Af_values_data_len(values)),
		copyOf[int64](raw.Af_values_offsets(values), raw.Af_values_count(values)+1),
	}
}

func (d DataType) GoString() string { return fmt.Sprintf("arrayformat.DataType(%d)", int32(d)) }
