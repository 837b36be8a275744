package arrayformat

import (
	"io/fs"
	"runtime"
	"unsafe"

	"arrayformat.org/go/internal/raw"
)

// Mmap is one array of float32, float64, int32 or int64 and up to six dimensions in a mapped file of its own.
type Mmap struct {
	living
}

// OpenMmap opens a mapped array; for nil options to be read.
func OpenMmap(path string, options *MmapOptions) (*Mmap, error) {
	return openMmap(options, func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_mmap_open(path, options, out, 0)
	})
}

// CreateMmap creates a file that holds a copy of elements, in C order.
func CreateMmap[T MmapElement](path string, shape []int64, elements []T, options *MmapOptions) (*Mmap, error) {
	address, length := addressOf(elements)
	return openMmap(options, func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_mmap_create(path, int(DataTypeOf[T]()), shape, len(shape), nil, address, length, options, out, 0)
	})
}

// CreateMmapStrided does so from memory of any layout; strides in bytes, as in [File.WriteBytes].
func CreateMmapStrided[T MmapElement](path string, shape, strides []int64, elements []T, options *MmapOptions) (*Mmap, error) {
	if len(strides) != len(shape) {
		return nil, fault(InvalidArgument, "%d strides for a shape of rank %d", len(strides), len(shape))
	}
	address, length := addressOf(elements)
	return openMmap(options, func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_mmap_create(path, int(DataTypeOf[T]()), shape, len(shape), strides, address, length, options, out, 0)
	})
}

// CreateMmapZeros creates a file of zeros, which take no space before they are written.
func CreateMmapZeros[T MmapElement](path string, shape []int64, options *MmapOptions) (*Mmap, error) {
	return openMmap(options, func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_mmap_create_zeros(path, int(DataTypeOf[T]()), shape, len(shape), options, out, 0)
	})
}

// CreateMmapFromFile creates a mapped file with the elements of an array of a file.
func CreateMmapFromFile(path string, file *File, name string, options *MmapOptions) (*Mmap, error) {
	defer file.check(0)
	return openMmap(options, func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_mmap_create_from_file(path, file.handle, name, options, out, 0)
	})
}

// CreateMmapFromDLPack creates a mapped file from a DLManagedTensorVersioned, which stays the caller's.
func CreateMmapFromDLPack(path string, tensor uintptr, options *MmapOptions) (*Mmap, error) {
	return openMmap(options, func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_mmap_create_from_dlpack(path, tensor, options, out, 0)
	})
}

func openMmap(options *MmapOptions, open func(options unsafe.Pointer, out *uintptr) uintptr) (*Mmap, error) {
	given, err := options.raw()
	if err != nil {
		return nil, err
	}
	var handle uintptr
	if err := check(open(unsafe.Pointer(given), &handle)); err != nil {
		return nil, err
	}
	made := &Mmap{}
	return adopt(made, &made.living, handle, raw.Af_mmap_close, nil), nil
}

// DataType is that of the elements.
func (m *Mmap) DataType() (DataType, error) {
	var out int32
	err := m.check(raw.Af_mmap_data_type(m.handle, &out, 0))
	return DataType(out), err
}

// Shape is in elements.
func (m *Mmap) Shape() ([]int64, error) { return m.numbers(raw.Af_mmap_shape) }

// Strides are in bytes.
func (m *Mmap) Strides() ([]int64, error) { return m.numbers(raw.Af_mmap_strides) }

// ElementStrides are in elements.
func (m *Mmap) ElementStrides() ([]int64, error) { return m.numbers(raw.Af_mmap_element_strides) }

func (m *Mmap) numbers(ask func(handle uintptr, out []int64, rank int, call uintptr) uintptr) ([]int64, error) {
	var rank int32
	if err := m.check(raw.Af_mmap_rank(m.handle, &rank, 0)); err != nil {
		return nil, err
	}
	found := make([]int64, rank)
	return found, m.check(ask(m.handle, found, int(rank), 0))
}

// Len is the number of elements.
func (m *Mmap) Len() (elements int64, err error) {
	err = m.check(raw.Af_mmap_element_count(m.handle, &elements, 0))
	return elements, err
}

// IsEmpty tells whether there is no element.
func (m *Mmap) IsEmpty() (bool, error) {
	var out uint8
	err := m.check(raw.Af_mmap_is_empty(m.handle, &out, 0))
	return out != 0, err
}

// Mode says what becomes of changes.
func (m *Mmap) Mode() (MmapMode, error) {
	var out int32
	err := m.check(raw.Af_mmap_mode(m.handle, &out, 0))
	return MmapMode(out), err
}

// Path is the one it was opened with.
func (m *Mmap) Path() (string, error) { return m.borrowed(raw.Af_mmap_path) }

// ReadMmap copies a region, in C order.
func ReadMmap[T MmapElement](from *Mmap, region Region) ([]T, error) {
	dataType, err := from.DataType()
	if err != nil {
		return nil, err
	}
	if err := expectMapped[T](dataType); err != nil {
		return nil, err
	}
	shape, err := from.Shape()
	if err != nil {
		return nil, err
	}
	all, err := count(shape)
	if err != nil {
		return nil, err
	}
	elements, err := layout{dataType, shape, all}.count(region)
	if err != nil {
		return nil, err
	}
	found, err := made[T](elements)
	if err != nil {
		return nil, err
	}
	return found, ReadMmapInto(from, region, nil, found)
}

// ReadMmapInto copies a region to memory of any layout; strides in bytes, nil for C order.
func ReadMmapInto[T MmapElement](from *Mmap, region Region, strides []int64, dst []T) error {
	return moveMapped(from, region, strides, dst, raw.Af_mmap_read)
}

// WriteMmap copies memory to a region; strides in bytes, nil for C order.
func WriteMmap[T MmapElement](to *Mmap, region Region, strides []int64, src []T) error {
	return moveMapped(to, region, strides, src, raw.Af_mmap_write)
}

type mover = func(handle uintptr, start, shape []int64, rank int, strides []int64, data unsafe.Pointer, length int64, call uintptr) uintptr

func moveMapped[T MmapElement](mmap *Mmap, region Region, strides []int64, elements []T, move mover) error {
	dataType, err := mmap.DataType()
	if err != nil {
		return err
	}
	if err := expectMapped[T](dataType); err != nil {
		return err
	}
	rank, err := rankOf(region, strides)
	if err != nil {
		return err
	}
	address, length := addressOf(elements)
	return mmap.check(move(mmap.handle, region.Start, region.Shape, rank, strides, address, length, 0))
}

func expectMapped[T MmapElement](found DataType) error {
	if wanted := DataTypeOf[T](); found != wanted {
		return fault(DataTypeMismatch, "the mapped array is of dtype %v, expected %v", found, wanted)
	}
	return nil
}

// Flush returns when all changes are on disk.
func (m *Mmap) Flush() error { return m.check(raw.Af_mmap_flush(m.handle, 0)) }

// FlushRange does so for a range in bytes; without wait it only sees that its writing begins.
func (m *Mmap) FlushRange(offset, length int64, wait bool) error {
	return m.check(raw.Af_mmap_flush_range(m.handle, offset, length, wait, 0))
}

// Advice tells the system how elements are going to be used.
type Advice int32

const (
	AdviceNormal Advice = iota
	AdviceSequential
	AdviceRandom
	AdviceWillNeed
	AdviceDontNeed
)

// Advise is about a range in bytes.
func (m *Mmap) Advise(advice Advice, offset, length int64) error {
	return m.check(raw.Af_mmap_advise(m.handle, int(advice), offset, length, 0))
}

// CopyToFile writes the elements to an array of a file, which is defined if it is not there.
func (m *Mmap) CopyToFile(file *File, name string) error {
	defer file.check(0)
	return m.check(raw.Af_mmap_copy_to_file(m.handle, file.handle, name, 0))
}

// View is a view of the elements in place, for reading.
func (m *Mmap) View() (*View, error) {
	var out uintptr
	return m.view(raw.Af_mmap_get_view(m.handle, &out, 0), &out)
}

// MutableView is a view for reading and writing.
func (m *Mmap) MutableView() (*View, error) {
	var out uintptr
	return m.view(raw.Af_mmap_get_mutable_view(m.handle, &out, 0), &out)
}

func (m *Mmap) view(failure uintptr, handle *uintptr) (*View, error) {
	if err := m.check(failure); err != nil {
		return nil, err
	}
	return newView(*handle), nil
}

// View keeps the mapping alive, whatever becomes of the Mmap. Its elements are for as long as the View is reachable and was not
// closed: use [runtime.KeepAlive] or Close to say how long. Who writes sees to it that nobody else uses the same elements meanwhile.
type View struct {
	handle         uintptr
	cleanup        runtime.Cleanup
	dataType       DataType
	shape, strides []int64
	elements       int64
	length         int64
	data, mutable  unsafe.Pointer
}

func newView(handle uintptr) *View {
	rank := int64(raw.Af_mmap_view_rank(handle))
	made := &View{
		handle:   handle,
		dataType: DataType(raw.Af_mmap_view_data_type(handle)),
		shape:    copyOf[int64](raw.Af_mmap_view_shape(handle), rank),
		strides:  copyOf[int64](raw.Af_mmap_view_strides(handle), rank),
		elements: raw.Af_mmap_view_element_count(handle),
		length:   raw.Af_mmap_view_data_len(handle),
		data:     raw.Af_mmap_view_data(handle),
		mutable:  raw.Af_mmap_view_mutable_data(handle),
	}
	made.cleanup = runtime.AddCleanup(made, raw.Af_mmap_view_free, handle)
	return made
}

// Close lets the mapping go. It is not to be called while elements are used.
func (v *View) Close() error {
	if v.handle != 0 {
		v.cleanup.Stop()
		raw.Af_mmap_view_free(v.handle)
		v.handle, v.data, v.mutable, v.elements, v.length = 0, nil, nil, 0, 0
	}
	return nil
}

// DataType is that of the elements.
func (v *View) DataType() DataType { return v.dataType }

// Shape is in elements, Strides in bytes.
func (v *View) Shape() []int64   { return v.shape }
func (v *View) Strides() []int64 { return v.strides }

// Mutable tells whether the elements may be written to. Writing to others ends the program.
func (v *View) Mutable() bool { return v.mutable != nil }

// Bytes are the elements in place.
func (v *View) Bytes() []byte { return at[byte](v.data, v.length) }

// Mapped are the elements in place; they are written to only if the view is mutable.
func Mapped[T MmapElement](view *View) ([]T, error) {
	if view.handle == 0 {
		return nil, closedView()
	}
	if err := expectMapped[T](view.dataType); err != nil {
		return nil, err
	}
	return at[T](view.data, view.elements), nil
}

func closedView() error {
	return &Error{Status: InvalidArgument, Message: "the view is closed", cause: fs.ErrClosed}
}

// ExportDLPack makes a DLManagedTensorVersioned over the elements, to be freed by its deleter.
func (v *View) ExportDLPack() (tensor uintptr, err error) {
	if v.handle == 0 {
		return 0, closedView()
	}
	err = check(raw.Af_mmap_view_export_dlpack(v.handle, &tensor, 0))
	runtime.KeepAlive(v)
	return tensor, err
}

// ExportArrow fills an ArrowSchema and an ArrowArray, which are released by their callbacks. They are memory of C's.
func (v *View) ExportArrow(schema, array unsafe.Pointer) error {
	if v.handle == 0 {
		return closedView()
	}
	err := check(raw.Af_mmap_view_export_arrow(v.handle, schema, array, 0))
	runtime.KeepAlive(v)
	return err
}
