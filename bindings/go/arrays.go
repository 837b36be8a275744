package arrayformat

import (
	"context"
	"unsafe"

	"arrayformat.org/go/internal/raw"
)

// Arrays are what [File] and [Dataset] have in common: named arrays that are defined, written and read.
type Arrays interface {
	Define(name string, schema Schema) error
	Delete(name string) error
	Contains(name string) (bool, error)
	Schema(name string) (Schema, error)
	List() ([]ArrayInfo, error)
	Stats(name string) (Stats, error)
	WriteBytes(ctx context.Context, name string, region Region, strides []int64, src []byte) error
	ReadBytes(ctx context.Context, name string, region Region, strides []int64, dst []byte) error
	WriteStrings(ctx context.Context, name string, region Region, elements []string) error
	ReadStrings(ctx context.Context, name string, region Region) ([]string, error)
	WriteBinaries(ctx context.Context, name string, region Region, elements [][]byte) error
	ReadBinaries(ctx context.Context, name string, region Region) ([][]byte, error)
	base() *arrays
}

// arrays are a handle with the library's functions of its kind.
type arrays struct {
	living
	calls *arrayCalls
}

type arrayCalls struct {
	define        func(handle uintptr, name string, schema, call uintptr) uintptr
	delete        func(handle uintptr, name string, call uintptr) uintptr
	contains      func(handle uintptr, name string, out *uint8, call uintptr) uintptr
	schema        func(handle uintptr, name string, out *uintptr, call uintptr) uintptr
	list          func(handle uintptr, out *uintptr, call uintptr) uintptr
	stats         func(handle uintptr, name string, out *uintptr, call uintptr) uintptr
	write, read   func(handle uintptr, name string, start, shape []int64, rank int, strides []int64, data unsafe.Pointer, length int64, call uintptr) uintptr
	writeVariable func(handle uintptr, name string, start, shape []int64, rank int, bytes unsafe.Pointer, offsets []int64, count int64, call uintptr) uintptr
	readVariable  func(handle uintptr, name string, start, shape []int64, rank int, out *uintptr, call uintptr) uintptr
}

var fileCalls = arrayCalls{
	raw.Af_file_define, raw.Af_file_delete, raw.Af_file_contains, raw.Af_file_schema, raw.Af_file_list, raw.Af_file_stats,
	raw.Af_file_write, raw.Af_file_read, raw.Af_file_write_variable, raw.Af_file_read_variable,
}

var datasetCalls = arrayCalls{
	raw.Af_dataset_define, raw.Af_dataset_delete, raw.Af_dataset_contains, raw.Af_dataset_schema, raw.Af_dataset_list,
	raw.Af_dataset_stats, raw.Af_dataset_write, raw.Af_dataset_read, raw.Af_dataset_write_variable, raw.Af_dataset_read_variable,
}

func (a *arrays) base() *arrays { return a }

// Define defines an array.
func (a *arrays) Define(name string, schema Schema) error {
	handle, err := schema.handle()
	if err != nil {
		return err
	}
	defer raw.Af_schema_free(handle)
	return a.check(a.calls.define(a.handle, name, handle, 0))
}

// Delete deletes an array with its attributes.
func (a *arrays) Delete(name string) error { return a.check(a.calls.delete(a.handle, name, 0)) }

// Contains tells whether there is such an array.
func (a *arrays) Contains(name string) (bool, error) {
	var out uint8
	err := a.check(a.calls.contains(a.handle, name, &out, 0))
	return out != 0, err
}

// Schema says what the array is.
func (a *arrays) Schema(name string) (Schema, error) {
	var out uintptr
	if err := a.check(a.calls.schema(a.handle, name, &out, 0)); err != nil {
		return Schema{}, err
	}
	return takenSchema(out), nil
}

func (a *arrays) layout(name string) (layout, error) {
	var out uintptr
	if err := a.check(a.calls.schema(a.handle, name, &out, 0)); err != nil {
		return layout{}, err
	}
	return takenLayout(out), nil
}

// List answers all arrays in the order of their definition.
func (a *arrays) List() ([]ArrayInfo, error) {
	var out uintptr
	if err := a.check(a.calls.list(a.handle, &out, 0)); err != nil {
		return nil, err
	}
	return takenListing(out), nil
}

// Stats answers the statistics of an array, unflushed changes included.
func (a *arrays) Stats(name string) (Stats, error) {
	var out uintptr
	if err := a.check(a.calls.stats(a.handle, name, &out, 0)); err != nil {
		return Stats{}, err
	}
	return takenStats(out)[0], nil
}

// WriteBytes writes a region of fixed width from memory. Strides are bytes from one element to the next along each axis of the
// region, nil for C order; src begins with the lowest address of the region.
func (a *arrays) WriteBytes(ctx context.Context, name string, region Region, strides []int64, src []byte) error {
	address, length := addressOf(src)
	return a.write(ctx, name, region, strides, address, length)
}

func (a *arrays) write(ctx context.Context, name string, region Region, strides []int64, src unsafe.Pointer, length int64) error {
	rank, err := rankOf(region, strides)
	if err != nil {
		return err
	}
	return a.run(ctx, func(call uintptr) uintptr {
		return a.calls.write(a.handle, name, region.Start, region.Shape, rank, strides, src, length, call)
	})
}

// ReadBytes reads a region of fixed width into memory, as WriteBytes writes it.
func (a *arrays) ReadBytes(ctx context.Context, name string, region Region, strides []int64, dst []byte) error {
	address, length := addressOf(dst)
	return a.read(ctx, name, region, strides, address, length)
}

func (a *arrays) read(ctx context.Context, name string, region Region, strides []int64, dst unsafe.Pointer, length int64) error {
	rank, err := rankOf(region, strides)
	if err != nil {
		return err
	}
	return a.run(ctx, func(call uintptr) uintptr {
		return a.calls.read(a.handle, name, region.Start, region.Shape, rank, strides, dst, length, call)
	})
}

// rankOf is what the library is told of; it trusts that all slices are so long.
func rankOf(region Region, strides []int64) (int, error) {
	if err := region.check(); err != nil {
		return 0, err
	}
	if strides == nil || len(strides) == region.rank() {
		return region.rank(), nil
	}
	if region.Start == nil {
		return len(strides), nil
	}
	return 0, fault(InvalidArgument, "%d strides for a region of rank %d", len(strides), region.rank())
}

// WriteStrings writes a region of a string array, in C order.
func (a *arrays) WriteStrings(ctx context.Context, name string, region Region, elements []string) error {
	return a.writeVariable(ctx, name, region, packed(elements))
}

// WriteBinaries writes a region of a binary array, in C order.
func (a *arrays) WriteBinaries(ctx context.Context, name string, region Region, elements [][]byte) error {
	return a.writeVariable(ctx, name, region, packed(elements))
}

func (a *arrays) writeVariable(ctx context.Context, name string, region Region, elements pieces) error {
	if err := region.check(); err != nil {
		return err
	}
	return a.run(ctx, func(call uintptr) uintptr {
		return a.calls.writeVariable(a.handle, name, region.Start, region.Shape, region.rank(), elements.data(), elements.offsets,
			elements.count(), call)
	})
}

// ReadStrings reads a region of a string array, in C order. Bytes that are not UTF-8 are replaced by U+FFFD.
func (a *arrays) ReadStrings(ctx context.Context, name string, region Region) ([]string, error) {
	found, err := a.readVariable(ctx, name, region)
	if err != nil {
		return nil, err
	}
	return found.strings(), nil
}

// ReadBinaries reads a region of a string or binary array, in C order.
func (a *arrays) ReadBinaries(ctx context.Context, name string, region Region) ([][]byte, error) {
	found, err := a.readVariable(ctx, name, region)
	if err != nil {
		return nil, err
	}
	return found.binaries(), nil
}

func (a *arrays) readVariable(ctx context.Context, name string, region Region) (pieces, error) {
	if err := region.check(); err != nil {
		return pieces{}, err
	}
	var out uintptr
	err := a.run(ctx, func(call uintptr) uintptr {
		return a.calls.readVariable(a.handle, name, region.Start, region.Shape, region.rank(), &out, call)
	})
	if err != nil {
		return pieces{}, err
	}
	return takenPieces(out), nil
}

// Write writes a region of an array of T, in C order.
func Write[T Element](ctx context.Context, to Arrays, name string, region Region, elements []T) error {
	return WriteStrided(ctx, to, name, region, nil, elements)
}

// WriteStrided writes a region from memory of any layout; strides in bytes, as in WriteBytes.
func WriteStrided[T Element](ctx context.Context, to Arrays, name string, region Region, strides []int64, elements []T) error {
	if _, err := layoutOf[T](to, name); err != nil {
		return err
	}
	address, length := addressOf(elements)
	return to.base().write(ctx, name, region, strides, address, length)
}

// Read reads a region of an array of T, in C order.
func Read[T Element](ctx context.Context, from Arrays, name string, region Region) ([]T, error) {
	layout, err := layoutOf[T](from, name)
	if err != nil {
		return nil, err
	}
	elements, err := layout.count(region)
	if err != nil {
		return nil, err
	}
	found, err := made[T](elements)
	if err != nil {
		return nil, err
	}
	return found, readInto(ctx, from, name, region, nil, found)
}

// ReadInto reads a region into memory that is there already, no smaller than the region.
func ReadInto[T Element](ctx context.Context, from Arrays, name string, region Region, dst []T) error {
	return ReadStrided(ctx, from, name, region, nil, dst)
}

// ReadStrided reads a region into memory of any layout; strides in bytes, as in ReadBytes.
func ReadStrided[T Element](ctx context.Context, from Arrays, name string, region Region, strides []int64, dst []T) error {
	if _, err := layoutOf[T](from, name); err != nil {
		return err
	}
	return readInto(ctx, from, name, region, strides, dst)
}

func readInto[T Element](ctx context.Context, from Arrays, name string, region Region, strides []int64, dst []T) error {
	address, length := addressOf(dst)
	err := from.base().read(ctx, name, region, strides, address, length)
	clean(dst)
	return err
}

func layoutOf[T Element](of Arrays, name string) (layout, error) {
	found, err := of.base().layout(name)
	if err != nil {
		return layout{}, err
	}
	return found, expectType[T]("array", name, found.dataType)
}
