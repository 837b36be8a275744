package arrayformat

import (
	"context"
	"os"
	"runtime"
	"unsafe"

	"arrayformat.org/go/internal/raw"
)

// File is a stack: a base x.af and numbered sidecars, each an immutable layer. Changes gather until Flush commits them as a new layer.
// A File sees the layers it opened and its own changes; it sees others' after Refresh.
type File struct {
	arrays
}

// Create creates an empty stack at a path that ends in ".af".
func Create(path string, options *FileOptions) (*File, error) {
	return openFile(options, &hooks{}, func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_file_create(path, options, out, 0)
	})
}

// Open opens a stack.
func Open(path string, options *FileOptions) (*File, error) {
	return openFile(options, &hooks{}, func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_file_open(path, options, out, 0)
	})
}

// CreateIn creates an empty stack in a store, which it keeps alive.
func CreateIn(store *Store, key string, options *FileOptions) (*File, error) {
	made, err := openFile(options, store.shared(), func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_file_create_in(store.handle, key, options, out, 0)
	})
	return made, store.named(err)
}

// OpenIn opens a stack in a store, which it keeps alive.
func OpenIn(store *Store, key string, options *FileOptions) (*File, error) {
	made, err := openFile(options, store.shared(), func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_file_open_in(store.handle, key, options, out, 0)
	})
	return made, store.named(err)
}

// CreateInMemory creates a stack that is gone when it is closed.
func CreateInMemory(options *FileOptions) (*File, error) {
	return openFile(options, &hooks{}, func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_file_create_memory(options, out, 0)
	})
}

// shared are hooks for what is opened in the store.
func (s *Store) shared() *hooks { return &hooks{store: s.hooks.store} }

// named adds what the store's callbacks failed with; the store lives until then.
func (s *Store) named(err error) error {
	if ours, ok := err.(*Error); ok {
		return s.explained(ours)
	}
	return s.check(0)
}

// OpenBytes opens a base file that lies in memory, for reading. The bytes are used in place: they must not change until the file is closed
// and nothing reads it any more.
func OpenBytes(data []byte, options *FileOptions) (*File, error) {
	address, length := addressOf(data)
	var number uintptr
	if length > 0 {
		pinned := new(runtime.Pinner)
		pinned.Pin(address)
		number = raw.Keep(pinned)
	}
	made, err := openFile(options, &hooks{}, func(options unsafe.Pointer, out *uintptr) uintptr {
		failure := raw.Af_file_open_buffer(address, length, number, options, out, 0)
		if failure != 0 {
			raw.Release(number)
		}
		return failure
	})
	return made, err
}

// OpenDescriptor opens a base file of which only an open file is at hand, for reading; it may be closed afterwards. A file has no
// sidecars here.
func OpenDescriptor(file *os.File, options *FileOptions) (*File, error) {
	defer runtime.KeepAlive(file)
	return openFile(options, &hooks{}, func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_file_open_descriptor(int(file.Fd()), options, out, 0)
	})
}

func openFile(options *FileOptions, hooks *hooks, open func(options unsafe.Pointer, out *uintptr) uintptr) (*File, error) {
	given, err := options.raw()
	if err != nil {
		return nil, err
	}
	var handle uintptr
	if err := check(open(unsafe.Pointer(given), &handle)); err != nil {
		return nil, err
	}
	made := &File{arrays{calls: &fileCalls}}
	adopt(made, &made.living, handle, func(handle uintptr) { raw.Af_file_close(handle); hooks.drop() }, hooks)
	// Without a function of the caller's it is there for contexts.
	return made, made.check(raw.Af_file_set_progress(handle, 0, 0))
}

// SetCache makes the file use a cache for decoded blocks; nil: its own again.
func (f *File) SetCache(cache *Cache) error {
	defer cache.alive()
	return f.check(raw.Af_file_set_cache(f.handle, cache.handleOf(), 0))
}

// SetProgress sets what is told of long calls; nil: nothing.
func (f *File) SetProgress(progress ProgressFunc) error {
	return f.setProgress(progress, raw.Af_file_set_progress)
}

// Resize changes an array's shape, but not its rank.
func (f *File) Resize(name string, shape ...int64) error {
	return f.check(raw.Af_file_resize(f.handle, name, shape, len(shape), 0))
}

// StatsOfAll answers the statistics of all arrays, in listing order.
func (f *File) StatsOfAll() ([]Stats, error) {
	var out uintptr
	if err := f.check(raw.Af_file_stats_all(f.handle, &out, 0)); err != nil {
		return nil, err
	}
	return takenStats(out), nil
}

// SetAttribute sets an attribute of an array.
func (f *File) SetAttribute(name, key string, value Value) error {
	return withValue(value, func(value uintptr) error {
		return f.check(raw.Af_file_set_attribute(f.handle, name, key, value, 0))
	})
}

// SetFileAttribute sets an attribute of the file itself, which is one of an array "__file__".
func (f *File) SetFileAttribute(key string, value Value) error {
	return withValue(value, func(value uintptr) error {
		return f.check(raw.Af_file_set_file_attribute(f.handle, key, value, 0))
	})
}

// RemoveAttribute removes an attribute of an array.
func (f *File) RemoveAttribute(name, key string) error {
	return f.check(raw.Af_file_remove_attribute(f.handle, name, key, 0))
}

// Attribute answers one attribute of an array.
func (f *File) Attribute(name, key string) (Value, error) {
	var out uintptr
	if err := f.check(raw.Af_file_get_attribute(f.handle, name, key, &out, 0)); err != nil {
		return Value{}, err
	}
	return takenValue(out), nil
}

// Attributes answers all attributes of an array.
func (f *File) Attributes(name string) ([]Named, error) {
	var out uintptr
	if err := f.check(raw.Af_file_attributes(f.handle, name, &out, 0)); err != nil {
		return nil, err
	}
	return takenMap(out), nil
}

// AttributeColumn answers one key of all arrays, in listing order; zero Values where there is none.
func (f *File) AttributeColumn(key string) ([]Named, error) {
	var out uintptr
	if err := f.check(raw.Af_file_attribute_column(f.handle, key, &out, 0)); err != nil {
		return nil, err
	}
	return takenMap(out), nil
}

// Batch are whole arrays back to back, in C order: the i-th is Data[Offsets[i]:Offsets[i+1]].
type Batch struct {
	Data    []byte
	Offsets []int64
}

// At is the i-th array.
func (b Batch) At(i int) []byte { return b.Data[b.Offsets[i]:b.Offsets[i+1]:b.Offsets[i+1]] }

// Names are names of arrays as the library takes them, for reading the same arrays time and again.
type Names struct {
	packed pieces
}

// NamesOf packs names.
func NamesOf(names ...string) Names { return Names{packed(names)} }

// pieces of zero Names are none.
func (n Names) pieces() pieces {
	if n.packed.offsets == nil {
		return packed([]string(nil))
	}
	return n.packed
}

// ReadMany reads whole arrays of fixed width in one call, into a buffer that is used if it is large enough.
func (f *File) ReadMany(ctx context.Context, names Names, buffer []byte) (Batch, error) {
	all := names.pieces()
	count := all.count()
	found := Batch{Offsets: make([]int64, count+1)}
	read := func(dst []byte) error {
		address, length := addressOf(dst)
		return f.run(ctx, func(call uintptr) uintptr {
			return raw.Af_file_read_many(f.handle, all.text(), all.offsets, count, address, length, found.Offsets, call)
		})
	}
	// A buffer that is too small is refused; then, and for any other fault, the sizes are asked for.
	if count > 0 && cap(buffer) > 0 && read(buffer[:cap(buffer)]) == nil {
		found.Data = buffer[:found.Offsets[count]]
		return found, nil
	}
	if err := read(nil); err != nil {
		return Batch{}, err
	}
	size := found.Offsets[count]
	fresh, err := made[byte](size)
	if err != nil {
		return Batch{}, err
	}
	if found.Data = fresh; size == 0 {
		return found, nil
	}
	return found, read(found.Data)
}

// Chunks answers the coordinates of the chunks that were written, sorted.
func (f *File) Chunks(name string) ([][]int64, error) {
	var out uintptr
	count := make([]int64, 1)
	if err := f.check(raw.Af_file_chunks(f.handle, name, &out, count, 0)); err != nil {
		return nil, err
	}
	values := takenPieces(out)
	found := make([][]int64, count[0])
	for i := range found {
		coordinate := values.at(i)
		found[i] = copyOf[int64](unsafe.Pointer(unsafe.SliceData(coordinate)), int64(len(coordinate)/8))
	}
	return found, nil
}

// ReadChunk answers one chunk's payload.
func (f *File) ReadChunk(name string, coordinate []int64) ([]byte, error) {
	var out uintptr
	if err := f.check(raw.Af_file_read_chunk(f.handle, name, coordinate, len(coordinate), &out, 0)); err != nil {
		return nil, err
	}
	return takenPieces(out).bytes, nil
}

// WriteChunk writes one chunk's payload as it is.
func (f *File) WriteChunk(name string, coordinate []int64, payload []byte) error {
	address, length := addressOf(payload)
	return f.check(raw.Af_file_write_chunk(f.handle, name, coordinate, len(coordinate), address, length, 0))
}

// Flush commits all changes as one new layer. Overlapping changes of another writer are a Conflict.
func (f *File) Flush(ctx context.Context) error {
	return f.run(ctx, func(call uintptr) uintptr { return raw.Af_file_flush(f.handle, call) })
}

// IsDirty tells whether there are unflushed changes.
func (f *File) IsDirty() (bool, error) {
	var out uint8
	err := f.check(raw.Af_file_is_dirty(f.handle, &out, 0))
	return out != 0, err
}

// Compact rewrites all layers as one base.
func (f *File) Compact(ctx context.Context) error {
	return f.run(ctx, func(call uintptr) uintptr { return raw.Af_file_compact(f.handle, call) })
}

// Refresh drops unflushed changes and moves to the newest layers, if there are any.
func (f *File) Refresh() (changed bool, err error) {
	var out uint8
	err = f.check(raw.Af_file_refresh(f.handle, &out, 0))
	return out != 0, err
}

// CopyTo writes the stack, without unflushed changes, as one new base file.
func (f *File) CopyTo(ctx context.Context, path string, options *FileOptions) error {
	given, err := options.raw()
	if err != nil {
		return err
	}
	return f.run(ctx, func(call uintptr) uintptr { return raw.Af_file_copy(f.handle, path, unsafe.Pointer(given), call) })
}

// Verify checks everything; the error is nil also when problems were found.
func (f *File) Verify(ctx context.Context) ([]Finding, error) {
	var out uintptr
	if err := f.run(ctx, func(call uintptr) uintptr { return raw.Af_file_verify(f.handle, &out, call) }); err != nil {
		return nil, err
	}
	return takenReport(out), nil
}

// Repair writes what is sound of a stack as a new one, and says what became of it. progress may be nil.
func Repair(ctx context.Context, path, newPath string, options *FileOptions, progress ProgressFunc) ([]Finding, error) {
	given, err := options.raw()
	if err != nil {
		return nil, err
	}
	only := &living{hooks: &hooks{}}
	defer only.hooks.drop()
	var number uintptr
	if progress != nil {
		told := newProgress(progress)
		only.hooks.progress.Store(told)
		number = told.number
	}
	var out uintptr
	err = only.run(ctx, func(call uintptr) uintptr {
		return raw.Af_file_repair(path, newPath, unsafe.Pointer(given), number, &out, call)
	})
	if err != nil {
		return nil, err
	}
	return takenReport(out), nil
}

// LayerInfo is one layer of a stack: the base has the number 0, sidecars those in their names.
type LayerInfo struct {
	Foreign                              bool // written by another library: no checksums, no index
	Number, Size, ArrayCount, BlockCount int64
	ID                                   [16]byte
}

// LayerCount is the number of layers that are read.
func (f *File) LayerCount() (layers int64, err error) {
	err = f.check(raw.Af_file_layer_count(f.handle, &layers, 0))
	return layers, err
}

// Layer describes layer i; the base is 0.
func (f *File) Layer(i int64) (LayerInfo, error) {
	found := raw.LayerInfo{}
	found.StructSize = uint32(unsafe.Sizeof(found))
	err := f.check(raw.Af_file_layer(f.handle, i, unsafe.Pointer(&found), 0))
	return LayerInfo{found.Foreign, found.Number, found.Size, found.ArrayCount, found.BlockCount, found.ID}, err
}

// FooterVersion is 4 or 5, or 6 for a file that is never changed.
func (f *File) FooterVersion() (int, error) {
	var out int32
	err := f.check(raw.Af_file_footer_version(f.handle, &out, 0))
	return int(out), err
}

// IOStats answers what the file has asked of its store since it was opened.
func (f *File) IOStats() (IOStats, error) { return ioStats(&f.living, raw.Af_file_io_stats) }
