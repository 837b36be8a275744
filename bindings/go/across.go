package arrayformat

import (
	"context"
	"unsafe"

	"arrayformat.org/go/internal/raw"
)

// AllRows are all datasets in the order of their rows.
var AllRows []int64

// chosen are the rows to be read from: how many there are, and none for the library to mean all of them.
func (a *Atlas) chosen(rows []int64) ([]int64, int64, error) {
	if rows == nil {
		info, err := a.Info()
		return nil, info.Datasets, err
	}
	if len(rows) == 0 {
		// No row at all is not every row.
		rows = make([]int64, 0, 1)
	}
	return rows, int64(len(rows)), nil
}

// ListAcross says what a variable is in each dataset, one line each.
func (a *Atlas) ListAcross(variable string, rows []int64) ([]ArrayInfo, error) {
	rows, count, err := a.chosen(rows)
	if err != nil {
		return nil, err
	}
	var out uintptr
	if err := a.check(raw.Af_atlas_list_across(a.handle, variable, rows, count, &out, 0)); err != nil {
		return nil, err
	}
	return takenListing(out), nil
}

// AttributeAcross answers one attribute of each dataset, or for a variable other than "" of its array; zero Values where there is none.
func (a *Atlas) AttributeAcross(variable, key string, rows []int64) ([]Named, error) {
	rows, count, err := a.chosen(rows)
	if err != nil {
		return nil, err
	}
	var out uintptr
	if err := a.check(raw.Af_atlas_attribute_across(a.handle, variable, key, rows, count, &out, 0)); err != nil {
		return nil, err
	}
	return takenMap(out), nil
}

// StatsAcross answers the statistics of a variable in each dataset; not known where one does not have it.
func (a *Atlas) StatsAcross(variable string, rows []int64) ([]Stats, error) {
	rows, count, err := a.chosen(rows)
	if err != nil {
		return nil, err
	}
	var out uintptr
	if err := a.check(raw.Af_atlas_stats_across(a.handle, variable, rows, count, &out, 0)); err != nil {
		return nil, err
	}
	return takenStats(out), nil
}

// StackShape is the least shape that the variable of all of them fits into.
func (a *Atlas) StackShape(variable string, rows []int64) ([]int64, error) {
	rows, count, err := a.chosen(rows)
	if err != nil {
		return nil, err
	}
	var rank int32
	shape := make([]int64, maxRank)
	if err := a.check(raw.Af_atlas_stack_shape(a.handle, variable, rows, count, shape, &rank, 0)); err != nil {
		return nil, err
	}
	return shape[:rank], nil
}

const maxRank = 32

// Ragged is one variable of datasets, one after the other: the i-th one's elements are Elements[Offsets[i]:Offsets[i+1]]. Present
// tells a dataset without the variable from one where it is empty.
type Ragged[T any] struct {
	Elements []T
	Offsets  []int64
	Present  []bool
}

// At is the i-th dataset's part.
func (r Ragged[T]) At(i int) []T { return r.Elements[r.Offsets[i]:r.Offsets[i+1]:r.Offsets[i+1]] }

// ReadRagged reads one variable of T across datasets, each in C order. The region is clipped to each one's shape.
func ReadRagged[T Element](ctx context.Context, from *Atlas, variable string, rows []int64, region Region) (Ragged[T], error) {
	if err := region.check(); err != nil {
		return Ragged[T]{}, err
	}
	rows, count, err := from.chosen(rows)
	if err != nil {
		return Ragged[T]{}, err
	}
	if err := expectAcross[T](from, variable, rows); err != nil {
		return Ragged[T]{}, err
	}
	found := Ragged[T]{Offsets: make([]int64, count+1)}
	present := make([]uint8, count)
	read := func(dst []T) error {
		address, length := addressOf(dst)
		return from.run(ctx, func(call uintptr) uintptr {
			return raw.Af_atlas_read_ragged(from.handle, variable, rows, count, region.Start, region.Shape, region.rank(), address,
				length, found.Offsets, present, call)
		})
	}
	if err := read(nil); err != nil {
		return Ragged[T]{}, err
	}
	var element T
	if found.Elements, err = made[T](found.Offsets[count] / int64(unsafe.Sizeof(element))); err != nil {
		return Ragged[T]{}, err
	}
	if len(found.Elements) > 0 {
		if err := read(found.Elements); err != nil {
			return Ragged[T]{}, err
		}
	}
	clean(found.Elements)
	for i := range found.Offsets {
		found.Offsets[i] /= int64(unsafe.Sizeof(element))
	}
	found.Present = truths(present)
	return found, nil
}

// expectAcross compares the type of the first dataset that has the variable; that they do not differ the library sees to.
func expectAcross[T Element](from *Atlas, variable string, rows []int64) error {
	lines, err := from.ListAcross(variable, rows)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if line.DataType != NoDataType {
			return expectType[T]("variable", variable, line.DataType)
		}
	}
	return nil
}

func truths(bytes []uint8) []bool {
	found := make([]bool, len(bytes))
	for i, value := range bytes {
		found[i] = value != 0
	}
	return found
}

// ReadRaggedStrings reads one variable of strings across datasets.
func (a *Atlas) ReadRaggedStrings(ctx context.Context, variable string, rows []int64, region Region) (Ragged[string], error) {
	elements, found, present, err := a.readRaggedVariable(ctx, variable, rows, region)
	if err != nil {
		return Ragged[string]{}, err
	}
	return Ragged[string]{elements.strings(), found, present}, nil
}

// ReadRaggedBinaries reads one variable of binaries across datasets.
func (a *Atlas) ReadRaggedBinaries(ctx context.Context, variable string, rows []int64, region Region) (Ragged[[]byte], error) {
	elements, found, present, err := a.readRaggedVariable(ctx, variable, rows, region)
	if err != nil {
		return Ragged[[]byte]{}, err
	}
	return Ragged[[]byte]{elements.binaries(), found, present}, nil
}

func (a *Atlas) readRaggedVariable(ctx context.Context, variable string, rows []int64, region Region) (pieces, []int64, []bool, error) {
	if err := region.check(); err != nil {
		return pieces{}, nil, nil, err
	}
	rows, count, err := a.chosen(rows)
	if err != nil {
		return pieces{}, nil, nil, err
	}
	var out uintptr
	offsets, present := make([]int64, count+1), make([]uint8, count)
	err = a.run(ctx, func(call uintptr) uintptr {
		return raw.Af_atlas_read_ragged_variable(a.handle, variable, rows, count, region.Start, region.Shape, region.rank(), &out,
			offsets, present, call)
	})
	if err != nil {
		return pieces{}, nil, nil, err
	}
	return takenPieces(out), offsets, truths(present), nil
}

// Pad says what stands for what a dataset lacks: nil means that none may lack anything, a zero Value each array's fill value.
type Pad *Value

// PadWith is for datasets that lack some of the region.
func PadWith(fill Value) Pad { return &fill }

// Stacked is the same region of each dataset: Shape begins with their number.
type Stacked[T any] struct {
	Elements []T
	Shape    []int64
}

// ReadStacked reads the same region of one variable of T in each dataset. All is the shape that StackShape tells.
func ReadStacked[T Element](ctx context.Context, from *Atlas, variable string, rows []int64, region Region, pad Pad) (Stacked[T], error) {
	rows, count, err := from.chosen(rows)
	if err != nil {
		return Stacked[T]{}, err
	}
	if err := expectAcross[T](from, variable, rows); err != nil {
		return Stacked[T]{}, err
	}
	shape, elements, err := from.stackedShape(variable, rows, count, region)
	if err != nil {
		return Stacked[T]{}, err
	}
	found := Stacked[T]{Shape: shape}
	if found.Elements, err = made[T](elements); err != nil {
		return Stacked[T]{}, err
	}
	address, length := addressOf(found.Elements)
	err = padded(pad, func(pad bool, fill uintptr) error {
		return from.run(ctx, func(call uintptr) uintptr {
			return raw.Af_atlas_read_stacked(from.handle, variable, rows, count, region.Start, region.Shape, region.rank(), pad, fill,
				address, length, call)
		})
	})
	clean(found.Elements)
	return found, err
}

// ReadStackedStrings reads the same region of one variable of strings in each dataset.
func (a *Atlas) ReadStackedStrings(ctx context.Context, variable string, rows []int64, region Region, pad Pad) (Stacked[string], error) {
	elements, shape, err := a.readStackedVariable(ctx, variable, rows, region, pad)
	if err != nil {
		return Stacked[string]{}, err
	}
	return Stacked[string]{elements.strings(), shape}, nil
}

// ReadStackedBinaries reads the same region of one variable of binaries in each dataset.
func (a *Atlas) ReadStackedBinaries(ctx context.Context, variable string, rows []int64, region Region, pad Pad) (Stacked[[]byte], error) {
	elements, shape, err := a.readStackedVariable(ctx, variable, rows, region, pad)
	if err != nil {
		return Stacked[[]byte]{}, err
	}
	return Stacked[[]byte]{elements.binaries(), shape}, nil
}

func (a *Atlas) readStackedVariable(ctx context.Context, variable string, rows []int64, region Region, pad Pad) (pieces, []int64, error) {
	rows, count, err := a.chosen(rows)
	if err != nil {
		return pieces{}, nil, err
	}
	shape, _, err := a.stackedShape(variable, rows, count, region)
	if err != nil {
		return pieces{}, nil, err
	}
	var out uintptr
	err = padded(pad, func(pad bool, fill uintptr) error {
		return a.run(ctx, func(call uintptr) uintptr {
			return raw.Af_atlas_read_stacked_variable(a.handle, variable, rows, count, region.Start, region.Shape, region.rank(), pad,
				fill, &out, call)
		})
	})
	if err != nil {
		return pieces{}, nil, err
	}
	return takenPieces(out), shape, nil
}

func (a *Atlas) stackedShape(variable string, rows []int64, datasets int64, region Region) (shape []int64, elements int64, err error) {
	if err := region.check(); err != nil {
		return nil, 0, err
	}
	each := region.Shape
	if region.Start == nil {
		if each, err = a.StackShape(variable, rows); err != nil {
			return nil, 0, err
		}
	}
	shape = append([]int64{datasets}, each...)
	elements, err = count(shape)
	return shape, elements, err
}

func padded(pad Pad, read func(pad bool, fill uintptr) error) error {
	if pad == nil {
		return read(false, 0)
	}
	return withValue(*pad, func(fill uintptr) error { return read(true, fill) })
}
