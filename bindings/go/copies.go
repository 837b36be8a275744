package arrayformat

import (
	"context"
	"unsafe"

	"arrayformat.org/go/internal/raw"
)

// Match says how names are compared with a pattern.
type Match int32

const (
	MatchPrefix Match = iota // names that begin with it
	MatchGlob                // from end to end, with *, ?, [a-z], [!a-z] and \\
)

// ListPage answers at most limit arrays whose names match, from position first on, and where the next page begins, -1 when there is none.
func (f *File) ListPage(pattern string, match Match, first, limit int64) (arrays []ArrayInfo, next int64, err error) {
	var out uintptr
	following := make([]int64, 1)
	if err := f.check(raw.Af_file_list_page(f.handle, pattern, int(match), first, limit, &out, following, 0)); err != nil {
		return nil, 0, err
	}
	return takenListing(out), following[0], nil
}

// Append lengthens an array of T along an axis and writes the new part, of that shape. It answers where the part begins along the axis.
func Append[T Element](ctx context.Context, to *File, name string, axis int, shape []int64, elements []T) (position int64, err error) {
	return AppendStrided(ctx, to, name, axis, shape, nil, elements)
}

// AppendStrided does so from memory of any layout; strides in bytes, as in WriteBytes.
func AppendStrided[T Element](ctx context.Context, to *File, name string, axis int, shape, strides []int64, elements []T) (position int64, err error) {
	if _, err := layoutOf[T](to, name); err != nil {
		return 0, err
	}
	if strides != nil && len(strides) != len(shape) {
		return 0, fault(InvalidArgument, "%d strides for a part of rank %d", len(strides), len(shape))
	}
	address, length := addressOf(elements)
	err = to.run(ctx, func(call uintptr) uintptr {
		return raw.Af_file_append(to.handle, name, axis, shape, len(shape), strides, address, length, &position, call)
	})
	return position, err
}

// AppendStrings lengthens a string array, as Append does.
func (f *File) AppendStrings(ctx context.Context, name string, axis int, shape []int64, elements []string) (position int64, err error) {
	return f.appendVariable(ctx, name, axis, shape, packed(elements))
}

// AppendBinaries lengthens a binary array, as Append does.
func (f *File) AppendBinaries(ctx context.Context, name string, axis int, shape []int64, elements [][]byte) (position int64, err error) {
	return f.appendVariable(ctx, name, axis, shape, packed(elements))
}

func (f *File) appendVariable(ctx context.Context, name string, axis int, shape []int64, elements pieces) (position int64, err error) {
	err = f.run(ctx, func(call uintptr) uintptr {
		return raw.Af_file_append_variable(f.handle, name, axis, shape, len(shape), elements.data(), elements.offsets, elements.count(),
			&position, call)
	})
	return position, err
}

// Present says what becomes of an array that is there already.
type Present int32

const (
	PresentRefuse Present = iota // ArrayAlreadyExists, and nothing is done
	PresentSkip                  // it stays; merging only
	PresentReplace
)

// Rename gives an array another name.
func (f *File) Rename(name, newName string) error {
	return f.check(raw.Af_file_rename(f.handle, name, newName, 0))
}

// CopyArray copies an array of another file, or of the same, with its attributes. It is an unflushed change like any other.
func (f *File) CopyArray(ctx context.Context, source *File, name, newName string, present Present) error {
	defer source.check(0)
	return f.run(ctx, func(call uintptr) uintptr {
		return raw.Af_file_copy_array(f.handle, source.handle, name, newName, int(present), call)
	})
}

// CopyArrays copies arrays, which keep their names: all of them or none.
func (f *File) CopyArrays(ctx context.Context, source *File, names Names, present Present) error {
	defer source.check(0)
	all := names.pieces()
	return f.run(ctx, func(call uintptr) uintptr {
		return raw.Af_file_copy_arrays(f.handle, source.handle, all.text(), all.offsets, all.count(), int(present), call)
	})
}

// MoveArray copies an array and deletes it in the source. Flush f first, then the source: between the two both have it.
func (f *File) MoveArray(ctx context.Context, source *File, name, newName string, present Present) error {
	defer source.check(0)
	return f.run(ctx, func(call uintptr) uintptr {
		return raw.Af_file_move_array(f.handle, source.handle, name, newName, int(present), call)
	})
}

// Merge copies all arrays of another file.
func (f *File) Merge(ctx context.Context, source *File, present Present) error {
	defer source.check(0)
	return f.run(ctx, func(call uintptr) uintptr { return raw.Af_file_merge(f.handle, source.handle, int(present), call) })
}

// Upgrade compacts the stack and gives it a footer version, 4 or 5.
func (f *File) Upgrade(ctx context.Context, footerVersion int) error {
	return f.run(ctx, func(call uintptr) uintptr { return raw.Af_file_upgrade(f.handle, footerVersion, call) })
}

// GC removes what dead writers and compactions have left beside the stack, and answers the bytes given back.
func (f *File) GC() (freed int64, err error) {
	err = f.check(raw.Af_file_gc(f.handle, &freed, 0))
	return freed, err
}

// Backup copies the layers that are read, byte for byte. An earlier backup at the path gets those that it does not have yet. Of the
// options only Durability counts.
func (f *File) Backup(ctx context.Context, path string, options *FileOptions) error {
	given, err := options.raw()
	if err != nil {
		return err
	}
	return f.run(ctx, func(call uintptr) uintptr { return raw.Af_file_backup(f.handle, path, unsafe.Pointer(given), call) })
}
