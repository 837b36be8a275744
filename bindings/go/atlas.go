package arrayformat

import (
	"context"
	"strconv"
	"time"
	"unsafe"

	"arrayformat.org/go/internal/raw"
)

// Atlas is a store of many datasets with variables in common, so laid out that one variable is read across all of them. Changes gather
// until Flush commits them, all or nothing. A row is a dataset's number in the order of creation.
type Atlas struct {
	living
}

// CreateAtlas creates an empty atlas in a folder, which is made if it is not there.
func CreateAtlas(path string, options *AtlasOptions) (*Atlas, error) {
	return openAtlas(options, &hooks{}, func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_atlas_create(path, options, out, 0)
	})
}

// OpenAtlas opens the atlas in a folder; the path may also name its metadata document or data.atlas.
func OpenAtlas(path string, options *AtlasOptions) (*Atlas, error) {
	return openAtlas(options, &hooks{}, func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_atlas_open(path, options, out, 0)
	})
}

// CreateAtlasIn creates an atlas in a store, whose keys begin with the prefix and a '/'; "" is the whole store.
func CreateAtlasIn(store *Store, prefix string, options *AtlasOptions) (*Atlas, error) {
	made, err := openAtlas(options, store.shared(), func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_atlas_create_in(store.handle, prefix, options, out, 0)
	})
	return made, store.named(err)
}

// OpenAtlasIn opens an atlas in a store.
func OpenAtlasIn(store *Store, prefix string, options *AtlasOptions) (*Atlas, error) {
	made, err := openAtlas(options, store.shared(), func(options unsafe.Pointer, out *uintptr) uintptr {
		return raw.Af_atlas_open_in(store.handle, prefix, options, out, 0)
	})
	return made, store.named(err)
}

func openAtlas(options *AtlasOptions, hooks *hooks, open func(options unsafe.Pointer, out *uintptr) uintptr) (*Atlas, error) {
	given, err := options.raw()
	if err != nil {
		return nil, err
	}
	var handle uintptr
	if err := check(open(unsafe.Pointer(given), &handle)); err != nil {
		return nil, err
	}
	made := &Atlas{}
	adopt(made, &made.living, handle, func(handle uintptr) { raw.Af_atlas_close(handle); hooks.drop() }, hooks)
	// Without a function of the caller's it is there for contexts.
	return made, made.check(raw.Af_atlas_set_progress(handle, 0, 0))
}

// SetCache makes the atlas use a cache for decoded blocks; nil: its own again.
func (a *Atlas) SetCache(cache *Cache) error {
	defer cache.alive()
	return a.check(raw.Af_atlas_set_cache(a.handle, cache.handleOf(), 0))
}

// SetProgress sets what is told of long calls, those of datasets included; nil: nothing.
func (a *Atlas) SetProgress(progress ProgressFunc) error {
	return a.setProgress(progress, raw.Af_atlas_set_progress)
}

// AtlasInfo says what kind of store an atlas is.
type AtlasInfo struct {
	Generation           Generation
	FooterVersion        int
	Codec, MetadataCodec Codec
	MetadataFormat       MetadataFormat
	// Rows are datasets with the deleted ones that keep their rows.
	Datasets, Rows, Variables int64
	Epoch, CreatedUnixMs      int64
	// Commit is the number of the commit that is seen; 0: none, or another library's.
	Commit int64
}

// Info says what kind of store it is.
func (a *Atlas) Info() (AtlasInfo, error) {
	found := raw.AtlasInfo{}
	found.StructSize = uint32(unsafe.Sizeof(found))
	err := a.check(raw.Af_atlas_get_info(a.handle, unsafe.Pointer(&found), 0))
	return AtlasInfo{Generation(found.Generation), int(found.FooterVersion), Codec(found.Codec), Codec(found.MetadataCodec),
		MetadataFormat(found.MetadataFormat), found.DatasetCount, found.RowCount, found.VariableCount, found.Epoch, found.CreatedUnixMs, found.Commit}, err
}

// IOStats answers what the atlas has asked of its store since it was opened.
func (a *Atlas) IOStats() (IOStats, error) { return ioStats(&a.living, raw.Af_atlas_io_stats) }

// Create creates a dataset without arrays and opens it.
func (a *Atlas) Create(name string) (*Dataset, error) {
	var out uintptr
	return a.dataset(raw.Af_atlas_create_dataset(a.handle, name, &out, 0), &out)
}

// Open opens a dataset.
func (a *Atlas) Open(name string) (*Dataset, error) {
	var out uintptr
	return a.dataset(raw.Af_atlas_open_dataset(a.handle, name, &out, 0), &out)
}

func (a *Atlas) dataset(failure uintptr, handle *uintptr) (*Dataset, error) {
	if err := a.check(failure); err != nil {
		return nil, err
	}
	made := &Dataset{arrays{calls: &datasetCalls}, a}
	return adopt(made, &made.living, *handle, raw.Af_dataset_close, a.hooks), nil
}

// Delete deletes a dataset.
func (a *Atlas) Delete(name string) error {
	return a.check(raw.Af_atlas_delete_dataset(a.handle, name, 0))
}

// Contains tells whether there is such a dataset.
func (a *Atlas) Contains(name string) (bool, error) {
	var out uint8
	err := a.check(raw.Af_atlas_contains_dataset(a.handle, name, &out, 0))
	return out != 0, err
}

// Row is the row of a dataset.
func (a *Atlas) Row(name string) (row int64, err error) {
	err = a.check(raw.Af_atlas_dataset_row(a.handle, name, &row, 0))
	return row, err
}

// Datasets answers the names of all datasets in the order of their rows.
func (a *Atlas) Datasets() ([]string, error) { return a.names(raw.Af_atlas_list_datasets) }

// Variables answers the names of variables that some dataset has, sorted by their bytes.
func (a *Atlas) Variables() ([]string, error) { return a.names(raw.Af_atlas_list_variables) }

func (a *Atlas) names(list func(handle uintptr, out *uintptr, call uintptr) uintptr) ([]string, error) {
	var out uintptr
	if err := a.check(list(a.handle, &out, 0)); err != nil {
		return nil, err
	}
	return takenPieces(out).strings(), nil
}

// Schema says what the arrays and attributes of all datasets are, with types that hold those of all.
func (a *Atlas) Schema() (AtlasSchema, error) {
	var out uintptr
	if err := a.check(raw.Af_atlas_get_schema(a.handle, &out, 0)); err != nil {
		return AtlasSchema{}, err
	}
	return takenAtlasSchema(out), nil
}

// Select answers the rows of the datasets for which a predicate may hold, judged without reading data; each ? in it stands for the
// next parameter. The header says what it is made of.
func (a *Atlas) Select(predicate string, parameters ...Value) (rows []int64, err error) {
	err = withValues(parameters, func(handles []uintptr) error {
		var out uintptr
		err := a.check(raw.Af_atlas_select(a.handle, predicate, handles, &out, 0))
		if err == nil {
			rows = takenRows(out)
		}
		return err
	})
	return rows, err
}

// Flush commits all changes to all datasets. Changes of another writer to the same ones are a Conflict.
func (a *Atlas) Flush(ctx context.Context) error {
	return a.run(ctx, func(call uintptr) uintptr { return raw.Af_atlas_flush(a.handle, call) })
}

// IsDirty tells whether there are unflushed changes.
func (a *Atlas) IsDirty() (bool, error) {
	var out uint8
	err := a.check(raw.Af_atlas_is_dirty(a.handle, &out, 0))
	return out != 0, err
}

// Compact flushes, compacts every stack and forgets deleted datasets: rows move up.
func (a *Atlas) Compact(ctx context.Context) error {
	return a.run(ctx, func(call uintptr) uintptr { return raw.Af_atlas_compact(a.handle, call) })
}

// Refresh drops unflushed changes and moves to the newest commit, if there is one.
func (a *Atlas) Refresh() (changed bool, err error) {
	var out uint8
	err = a.check(raw.Af_atlas_refresh(a.handle, &out, 0))
	return out != 0, err
}

// Verify checks everything; the error is nil also when problems were found.
func (a *Atlas) Verify(ctx context.Context) ([]Finding, error) {
	var out uintptr
	if err := a.run(ctx, func(call uintptr) uintptr { return raw.Af_atlas_verify(a.handle, &out, call) }); err != nil {
		return nil, err
	}
	return takenReport(out), nil
}

// GC empties layers that belong to no commit, and answers the bytes given back. Not while another writer is at work.
func (a *Atlas) GC() (freed int64, err error) {
	err = a.check(raw.Af_atlas_gc(a.handle, &freed, 0))
	return freed, err
}

// CopyTo writes the store as it is seen, unflushed changes included and deleted datasets left out, as a new one in a folder: of any
// generation, metadata form and codec that the options choose. It is there as a whole or, at any other outcome, not at all.
func (a *Atlas) CopyTo(ctx context.Context, path string, options *AtlasOptions) error {
	given, err := options.raw()
	if err != nil {
		return err
	}
	return a.run(ctx, func(call uintptr) uintptr { return raw.Af_atlas_copy(a.handle, path, unsafe.Pointer(given), call) })
}

// CopyToStore does so in a store.
func (a *Atlas) CopyToStore(ctx context.Context, store *Store, prefix string, options *AtlasOptions) error {
	given, err := options.raw()
	if err != nil {
		return err
	}
	return store.named(a.run(ctx, func(call uintptr) uintptr {
		return raw.Af_atlas_copy_in(a.handle, store.handle, prefix, unsafe.Pointer(given), call)
	}))
}

// Commit is one that AtlasOptions.AtCommit goes back to.
type Commit struct {
	Number int64
	Time   time.Time
}

// Commits are those that were kept, oldest first.
func (a *Atlas) Commits() ([]Commit, error) {
	var out uintptr
	if err := a.check(raw.Af_atlas_commits(a.handle, &out, 0)); err != nil {
		return nil, err
	}
	kept := takenMap(out)
	found := make([]Commit, len(kept))
	for i, one := range kept {
		number, err := strconv.ParseInt(one.Name, 10, 64)
		if err != nil {
			return nil, fault(Internal, "a commit is called '%s'", one.Name)
		}
		when, err := ScalarFrom[Timestamp](one.Value)
		if err != nil {
			return nil, err
		}
		found[i] = Commit{number, when.Time()}
	}
	return found, nil
}

// Dataset is one dataset of an atlas.
type Dataset struct {
	arrays
	// The progress callback is the atlas's.
	atlas *Atlas
}

// Name is the dataset's name.
func (d *Dataset) Name() (string, error) { return d.borrowed(raw.Af_dataset_name) }

// Types says what its arrays and attributes are.
func (d *Dataset) Types() (AtlasSchema, error) {
	var out uintptr
	if err := d.check(raw.Af_dataset_get_schema(d.handle, &out, 0)); err != nil {
		return AtlasSchema{}, err
	}
	return takenAtlasSchema(out), nil
}

// SetAttribute sets an attribute of the dataset.
func (d *Dataset) SetAttribute(key string, value Value) error {
	return withValue(value, func(value uintptr) error {
		return d.check(raw.Af_dataset_set_attribute(d.handle, key, value, 0))
	})
}

// RemoveAttribute removes an attribute of the dataset.
func (d *Dataset) RemoveAttribute(key string) error {
	return d.check(raw.Af_dataset_remove_attribute(d.handle, key, 0))
}

// Attribute answers one attribute of the dataset.
func (d *Dataset) Attribute(key string) (Value, error) {
	var out uintptr
	if err := d.check(raw.Af_dataset_get_attribute(d.handle, key, &out, 0)); err != nil {
		return Value{}, err
	}
	return takenValue(out), nil
}

// Attributes answers all attributes of the dataset, in the order in which they were first set.
func (d *Dataset) Attributes() ([]Named, error) {
	var out uintptr
	if err := d.check(raw.Af_dataset_attributes(d.handle, &out, 0)); err != nil {
		return nil, err
	}
	return takenMap(out), nil
}

// SetArrayAttribute sets an attribute of one of its arrays.
func (d *Dataset) SetArrayAttribute(name, key string, value Value) error {
	return withValue(value, func(value uintptr) error {
		return d.check(raw.Af_dataset_set_array_attribute(d.handle, name, key, value, 0))
	})
}

// RemoveArrayAttribute removes an attribute of one of its arrays.
func (d *Dataset) RemoveArrayAttribute(name, key string) error {
	return d.check(raw.Af_dataset_remove_array_attribute(d.handle, name, key, 0))
}

// ArrayAttribute answers one attribute of one of its arrays.
func (d *Dataset) ArrayAttribute(name, key string) (Value, error) {
	var out uintptr
	if err := d.check(raw.Af_dataset_get_array_attribute(d.handle, name, key, &out, 0)); err != nil {
		return Value{}, err
	}
	return takenValue(out), nil
}

// ArrayAttributes answers all attributes of one of its arrays.
func (d *Dataset) ArrayAttributes(name string) ([]Named, error) {
	var out uintptr
	if err := d.check(raw.Af_dataset_array_attributes(d.handle, name, &out, 0)); err != nil {
		return nil, err
	}
	return takenMap(out), nil
}
