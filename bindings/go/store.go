package arrayformat

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"arrayformat.org/go/internal/raw"
)

// Store is a place that holds objects under keys: a folder, memory, or an [ObjectStore].
type Store struct {
	living
}

// PutCondition says when a put is to happen.
type PutCondition int32

const (
	PutAlways   PutCondition = iota
	PutIfAbsent              // else Conflict
	PutIfMatch               // the object must have the token that is given, else Conflict
)

// ObjectStore is a store of the caller's. Its methods may be called from several goroutines at once. What they answer is told by
// its [Status], or as what fs.ErrNotExist and its like say; other errors are [IO]. Slices are the library's: they are not to be kept.
// A token changes whenever the object does and never comes back; it is shorter than 64 bytes and holds no NUL. A put must be atomic
// and, once it has answered, durable. Any number of writers may share a store that honours conditions and tokens; one that answers
// success without having honoured them loses data.
type ObjectStore interface {
	// Stat answers the object's size and version token, or NotFound.
	Stat(key string) (size int64, token string, err error)
	// Get fills dst from the offset. The object must still have this token, else Stale.
	Get(key, token string, offset int64, dst []byte) error
	// Put stores an object whole and answers its version token. The token that is given counts for PutIfMatch.
	Put(key string, data []byte, condition PutCondition, token string) (newToken string, err error)
	// Remove removes an object: NotFound, or Conflict if the token is not nil and not its token.
	Remove(key string, token *string) error
	// List calls emit for each key that begins with the prefix, in any order, and stops with the error that it answers.
	List(prefix string, emit func(key string, size int64) error) error
}

// OpenLocalStore is a folder, which need not exist.
func OpenLocalStore(folder string) (*Store, error) {
	var out uintptr
	return newStore(raw.Af_store_open_local(folder, &out, 0), &out, &hooks{})
}

// OpenURL is what lies below a URL, such as s3://bucket/prefix or https://host/path. Nothing is asked of the service yet. The options
// come on top of those in the environment's AF_STORE_OPTIONS; docs/stores.md of the source tree lists them.
func OpenURL(url string, options map[string]string) (*Store, error) {
	lines := make([]string, 0, len(options))
	for name, value := range options {
		if strings.ContainsAny(name, "=\n") || strings.Contains(value, "\n") {
			return nil, fault(InvalidArgument, "the option '%s' and its value must be one line", name)
		}
		lines = append(lines, name+"="+value)
	}
	var out uintptr
	return newStore(raw.Af_store_open_url(url, strings.Join(lines, "\n"), &out, 0), &out, &hooks{})
}

// NewMemoryStore is empty, and gone with its last user.
func NewMemoryStore() (*Store, error) {
	var out uintptr
	return newStore(raw.Af_store_create_memory(&out, 0), &out, &hooks{})
}

// NewStore makes a store behind an ObjectStore, which is kept until the last user of the store is gone.
func NewStore(objects ObjectStore) (*Store, error) {
	failed := &storeErrors{}
	number := raw.Keep(storeCallbacks(objects, failed))
	var out uintptr
	made, err := newStore(raw.Af_store_create_callbacks(number, &out, 0), &out, &hooks{store: failed})
	if err != nil {
		raw.Drop(number)
	}
	return made, err
}

func newStore(failure uintptr, handle *uintptr, hooks *hooks) (*Store, error) {
	if err := check(failure); err != nil {
		return nil, err
	}
	made := &Store{}
	return adopt(made, &made.living, *handle, raw.Af_store_close, hooks), nil
}

// Get answers a whole object.
func (s *Store) Get(key string) ([]byte, error) {
	var out uintptr
	if err := s.check(raw.Af_store_get(s.handle, key, &out, 0)); err != nil {
		return nil, err
	}
	return takenPieces(out).bytes, nil
}

// Put stores a whole object; AlreadyExists where PutIfAbsent does not hold. PutIfMatch is not taken here.
func (s *Store) Put(key string, data []byte, condition PutCondition) error {
	address, length := addressOf(data)
	return s.check(raw.Af_store_put(s.handle, key, address, length, int(condition), 0))
}

// Remove removes an object.
func (s *Store) Remove(key string) error { return s.check(raw.Af_store_remove(s.handle, key, 0)) }

// List answers the keys that begin with the prefix and have no '/' after it, sorted by their bytes.
func (s *Store) List(prefix string) ([]string, error) {
	var out uintptr
	if err := s.check(raw.Af_store_list(s.handle, prefix, &out, 0)); err != nil {
		return nil, err
	}
	return takenPieces(out).strings(), nil
}

// storeErrors are the last failures of a store's callbacks, by status: the library passes nothing but that.
type storeErrors struct {
	lock sync.Mutex
	last map[Status]error
	some atomic.Bool
}

func (s *storeErrors) keep(err error) int32 {
	status := statusOf(err)
	if status == 0 {
		return 0
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.last == nil {
		s.last = map[Status]error{}
	}
	s.last[status] = err
	s.some.Store(true)
	return int32(status)
}

func (s *storeErrors) take(status Status) error {
	if !s.some.Load() {
		return nil
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	found := s.last[status]
	delete(s.last, status)
	return found
}

// storeCallbacks keeps what fails, panics included.
func storeCallbacks(objects ObjectStore, failed *storeErrors) *raw.Store {
	guard := func(call func() error) int32 { return failed.keep(guarded(call)) }
	return &raw.Store{
		Stat: func(key string) (size int64, token string, status int32) {
			status = guard(func() (err error) { size, token, err = objects.Stat(key); return })
			return
		},
		Get: func(key, token string, offset int64, dst []byte) int32 {
			return guard(func() error { return objects.Get(key, token, offset, dst) })
		},
		Put: func(key string, data []byte, condition int32, token string) (newToken string, status int32) {
			status = guard(func() (err error) {
				newToken, err = objects.Put(key, data, PutCondition(condition), token)
				return
			})
			return
		},
		Remove: func(key string, token *string) int32 {
			return guard(func() error { return objects.Remove(key, token) })
		},
		List: func(prefix string, emit func(key string, size int64) int32) int32 {
			return guard(func() error {
				return objects.List(prefix, func(key string, size int64) error {
					if status := emit(key, size); status != 0 {
						return Status(status)
					}
					return nil
				})
			})
		},
	}
}

// Cache holds decoded blocks for any number of files and atlases, which keep it alive.
type Cache struct {
	living
}

// NewCache makes a cache of at most so many bytes.
func NewCache(capacity int64) (*Cache, error) {
	var out uintptr
	if err := check(raw.Af_cache_create(capacity, &out, 0)); err != nil {
		return nil, err
	}
	made := &Cache{}
	return adopt(made, &made.living, out, raw.Af_cache_close, nil), nil
}

// Size is the number of bytes it holds now.
func (c *Cache) Size() (size int64, err error) {
	err = c.check(raw.Af_cache_size(c.handle, &size, 0))
	return size, err
}

// handleOf is 0 for none.
func (c *Cache) handleOf() uintptr {
	if c == nil {
		return 0
	}
	return c.handle
}

// alive keeps the cache from the collector until then.
func (c *Cache) alive() { runtime.KeepAlive(c) }
