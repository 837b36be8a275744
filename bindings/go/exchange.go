package arrayformat

import (
	"context"
	"unsafe"

	"arrayformat.org/go/internal/raw"
)

// Lists are elements of a list dtype as levels: level 0 is the elements themselves, each further one what the lists of the level above
// hold, the last the values.
type Lists struct {
	// ValueType is that of the last level.
	ValueType DataType
	// Counts are the numbers of elements of the levels.
	Counts []int64
	// Offsets are those of the levels that have some, nil of the others: element i is the elements from Offsets[level][i] to
	// Offsets[level][i+1] of the next level or, of texts and binaries, these bytes of Data.
	Offsets [][]int64
	// Data are the values, back to back.
	Data []byte
}

// ListsOf are lists of values of fixed width, with the offsets of the levels that have some.
func ListsOf[T Element](values []T, offsets ...[]int64) Lists {
	data, length := addressOf(values)
	return Lists{ValueType: DataTypeOf[T](), Offsets: offsets, Data: at[byte](data, length)}
}

// ListValues are the values of fixed width.
func ListValues[T Element](lists Lists) ([]T, error) {
	if wanted := DataTypeOf[T](); lists.ValueType != wanted {
		return nil, fault(DataTypeMismatch, "the lists are of dtype %v, expected %v", lists.ValueType, wanted)
	}
	var element T
	found := copyOf[T](unsafe.Pointer(unsafe.SliceData(lists.Data)), int64(len(lists.Data))/int64(unsafe.Sizeof(element)))
	clean(found)
	return found, nil
}

// ReadLists reads a region of an array of lists, in C order.
func (f *File) ReadLists(ctx context.Context, name string, region Region) (Lists, error) {
	if err := region.check(); err != nil {
		return Lists{}, err
	}
	schema, err := f.Schema(name)
	if err != nil {
		return Lists{}, err
	}
	var out uintptr
	err = f.run(ctx, func(call uintptr) uintptr {
		return raw.Af_file_read_lists(f.handle, name, region.Start, region.Shape, region.rank(), &out, call)
	})
	if err != nil {
		return Lists{}, err
	}
	defer raw.Af_lists_free(out)
	levels := len(schema.Lists) + 1
	found := Lists{schema.elementType(), make([]int64, levels), make([][]int64, levels),
		copyOf[byte](raw.Af_lists_data(out), raw.Af_lists_data_len(out))}
	for level := range levels {
		found.Counts[level] = raw.Af_lists_count(out, level)
		if offsets := raw.Af_lists_offsets(out, level); offsets != nil {
			found.Offsets[level] = copyOf[int64](offsets, found.Counts[level]+1)
		}
	}
	return found, nil
}

// WriteLists writes a region of an array of lists, in C order. Counts are not needed.
func (f *File) WriteLists(ctx context.Context, name string, region Region, lists Lists) error {
	if err := region.check(); err != nil {
		return err
	}
	offsets := []int64{}
	for _, level := range lists.Offsets {
		offsets = append(offsets, level...)
	}
	address, length := addressOf(lists.Data)
	return f.run(ctx, func(call uintptr) uintptr {
		return raw.Af_file_write_lists(f.handle, name, region.Start, region.Shape, region.rank(), offsets, int64(len(offsets)), address,
			length, call)
	})
}

// ExportArrow fills an ArrowSchema and an ArrowArray, memory of C's, with a region of an array; both are released by their callbacks.
func (f *File) ExportArrow(name string, region Region, schema, array unsafe.Pointer) error {
	if err := region.check(); err != nil {
		return err
	}
	return f.check(raw.Af_file_export_arrow(f.handle, name, region.Start, region.Shape, region.rank(), schema, array, 0))
}

// WriteArrow writes an Arrow array, which stays the caller's, to a whole array, which is defined if it is not there.
func (f *File) WriteArrow(name string, schema, array unsafe.Pointer) error {
	return f.check(raw.Af_file_write_arrow(f.handle, name, schema, array, 0))
}

// ExportArrowStream fills an ArrowArrayStream with structs of a column for each array, so many rows at a time.
func (f *File) ExportArrowStream(names Names, limit int64, stream unsafe.Pointer) error {
	all := names.pieces()
	return f.check(raw.Af_file_export_arrow_stream(f.handle, all.text(), all.offsets, all.count(), limit, stream, 0))
}

// WriteArrowStream reads such a stream, which stays the caller's, to its end, and appends each column to the array of its name.
func (f *File) WriteArrowStream(stream unsafe.Pointer) error {
	return f.check(raw.Af_file_write_arrow_stream(f.handle, stream, 0))
}

// ExportDLPack makes a DLManagedTensorVersioned of a region of an array of fixed width, to be freed by its deleter.
func (f *File) ExportDLPack(name string, region Region) (tensor uintptr, err error) {
	if err := region.check(); err != nil {
		return 0, err
	}
	err = f.check(raw.Af_file_export_dlpack(f.handle, name, region.Start, region.Shape, region.rank(), &tensor, 0))
	return tensor, err
}
