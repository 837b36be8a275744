package raw

/*
#cgo pkg-config: arrayformat
#include <stdlib.h>
#include "callbacks.h"
*/
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Text is where the library keeps a text.
type Text struct {
	Data unsafe.Pointer
	Len  int64
}

// NewCall makes a call that Cancel cancels. It is freed by FreeCall.
func NewCall() uintptr { return uintptr(C.calloc(1, C.sizeof_af_go_call)) }

// Cancel makes the call end at the next step that the library tells of.
func Cancel(call uintptr) { C.af_go_cancel(pointer[C.af_go_call](call)) }

// FreeCall must wait for the call's end.
func FreeCall(call uintptr) { C.free(unsafe.Pointer(pointer[C.af_go_call](call))) }

// pointer turns an address of C's into a pointer.
func pointer[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

// Progress is told how far a call is and answers true to end it.
type Progress func(done, total int64) bool

// Store is what the callbacks of a store do, each answering a status. Memory is the library's, for the call only.
type Store struct {
	Stat   func(key string) (size int64, token string, status int32)
	Get    func(key, token string, offset int64, dst []byte) int32
	Put    func(key string, data []byte, condition int32, token string) (newToken string, status int32)
	Remove func(key string, token *string) int32
	List   func(prefix string, emit func(key string, size int64) int32) int32
}

// What C knows by a number. Unlike cgo.Handle it may be asked for what is gone: a call may outlive the handle it was made with.
var (
	kept     sync.Map
	lastKept atomic.Uintptr
)

// Keep gives a Progress, a *Store or a *runtime.Pinner a number, until Drop.
func Keep(what any) uintptr {
	number := lastKept.Add(1)
	kept.Store(number, what)
	return number
}

// Release does what the library does when it is done with a number; 0 is none.
func Release(number uintptr) { afGoRelease(C.uintptr_t(number)) }

// Drop forgets a number; 0 is none.
func Drop(number uintptr) { kept.Delete(number) }

func find[T any](number C.uintptr_t) T {
	what, _ := kept.Load(uintptr(number))
	found, _ := what.(T)
	return found
}

func text(data *C.char, length C.int64_t) string { return C.GoStringN(data, C.int(length)) }

func bytes(data unsafe.Pointer, length C.int64_t) []byte {
	return unsafe.Slice((*byte)(data), int(length))
}

// giveToken answers false where a token is too long or holds a NUL.
func giveToken(token string, out *C.char) bool {
	room := unsafe.Slice((*byte)(unsafe.Pointer(out)), C.AF_VERSION_TOKEN_SIZE)
	for i := range len(token) {
		if token[i] == 0 {
			return false
		}
	}
	if len(token) >= len(room) {
		return false
	}
	room[copy(room, token)] = 0
	return true
}

//export afGoProgress
func afGoProgress(number C.uintptr_t, done, total C.int64_t) C.int32_t {
	progress := find[Progress](number)
	if progress != nil && progress(int64(done), int64(total)) {
		return 1
	}
	return 0
}

//export afGoStat
func afGoStat(number C.uintptr_t, key *C.char, keyLen C.int64_t, size *C.int64_t, token *C.char) C.int32_t {
	found, foundToken, status := find[*Store](number).Stat(text(key, keyLen))
	if status == C.AF_OK && !giveToken(foundToken, token) {
		return C.AF_INVALID_ARGUMENT
	}
	*size = C.int64_t(found)
	return C.int32_t(status)
}

//export afGoGet
func afGoGet(number C.uintptr_t, key *C.char, keyLen C.int64_t, token *C.char, offset C.int64_t, dst unsafe.Pointer, dstLen C.int64_t) C.int32_t {
	return C.int32_t(find[*Store](number).Get(text(key, keyLen), C.GoString(token), int64(offset), bytes(dst, dstLen)))
}

//export afGoPut
func afGoPut(number C.uintptr_t, key *C.char, keyLen C.int64_t, src unsafe.Pointer, srcLen C.int64_t, condition C.int32_t, token, newToken *C.char) C.int32_t {
	given, status := find[*Store](number).Put(text(key, keyLen), bytes(src, srcLen), int32(condition), C.GoString(token))
	if status == C.AF_OK && !giveToken(given, newToken) {
		return C.AF_INVALID_ARGUMENT
	}
	return C.int32_t(status)
}

//export afGoRemove
func afGoRemove(number C.uintptr_t, key *C.char, keyLen C.int64_t, token *C.char) C.int32_t {
	var only *string
	if token != nil {
		text := C.GoString(token)
		only = &text
	}
	return C.int32_t(find[*Store](number).Remove(text(key, keyLen), only))
}

//export afGoList
func afGoList(number C.uintptr_t, prefix *C.char, prefixLen C.int64_t, emit C.af_store_emit_fn, emitContext unsafe.Pointer) C.int32_t {
	return C.int32_t(find[*Store](number).List(text(prefix, prefixLen), func(key string, size int64) int32 {
		data := C.CString(key)
		defer C.free(unsafe.Pointer(data))
		return int32(C.af_go_emit(emit, emitContext, data, C.int64_t(len(key)), C.int64_t(size)))
	}))
}

//export afGoRelease
func afGoRelease(number C.uintptr_t) {
	if pinned := find[*runtime.Pinner](number); pinned != nil {
		pinned.Unpin()
	}
	Drop(uintptr(number))
}
