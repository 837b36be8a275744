// Package exchange stands for the libraries that take over what a view exports: cgo is not allowed in tests.
package exchange

/*
#cgo pkg-config: arrayformat
#include <arrayformat/arrayformat.h>
#include <stdlib.h>

// The beginning of DLPack 1.x's struct.
struct DLManagedTensorVersioned {
    uint32_t major, minor;
    void *manager_ctx;
    void (*deleter)(struct DLManagedTensorVersioned *self);
};

static void release_tensor(uintptr_t tensor) {
    struct DLManagedTensorVersioned *self = (struct DLManagedTensorVersioned *)tensor;
    self->deleter(self);
}

static void release_arrow(struct ArrowSchema *schema, struct ArrowArray *array) {
    array->release(array);
    schema->release(schema);
    free(schema);
    free(array);
}
static void release_stream(struct ArrowArrayStream *stream) {
    stream->release(stream);
    free(stream);
}
*/
import "C"

import "unsafe"

// ReleaseTensor frees a tensor by its deleter.
func ReleaseTensor(tensor uintptr) { C.release_tensor(C.uintptr_t(tensor)) }

// ArrowStructs are memory for ExportArrow.
func ArrowStructs() (schema, array unsafe.Pointer) {
	return C.calloc(1, C.sizeof_struct_ArrowSchema), C.calloc(1, C.sizeof_struct_ArrowArray)
}

// ReleaseArrow answers the format of what was exported, and frees it.
func ReleaseArrow(schema, array unsafe.Pointer) string {
	defer C.release_arrow((*C.struct_ArrowSchema)(schema), (*C.struct_ArrowArray)(array))
	return C.GoString((*C.struct_ArrowSchema)(schema).format)
}

// ArrowStream is memory for ExportArrowStream.
func ArrowStream() unsafe.Pointer { return C.calloc(1, C.sizeof_struct_ArrowArrayStream) }

// ReleaseStream frees it.
func ReleaseStream(stream unsafe.Pointer) { C.release_stream((*C.struct_ArrowArrayStream)(stream)) }
