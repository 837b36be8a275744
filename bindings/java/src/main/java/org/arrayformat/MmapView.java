package org.arrayformat;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The elements of a {@link MmapArray} in place, and how they lie. It keeps the mapping alive, whatever becomes of the array's handle, and so does every
 * buffer that it gave: the mapping ends when all of them are collected. There is no close, for a buffer must not lose its memory.
 */
public final class MmapView {
    private final long view;
    private final Users users;

    // The view and each of its buffers; the last one frees it.
    private static final class Users {
        private final AtomicInteger count = new AtomicInteger();
        private final long view;

        Users(long view) {
            this.view = view;
        }

        <T> T add(T user) {
            count.incrementAndGet();
            NativeHandle.cleaner().register(user, this::leave);
            return user;
        }

        private void leave() {
            if (count.decrementAndGet() == 0) {
                Raw.af_mmap_view_free(view);
                Outstanding.closed();
            }
        }
    }

    MmapView(long view) {
        this.view = view;
        users = new Users(view);
        users.add(this);
        Outstanding.opened();
    }

    /** {@return the type of the elements} */
    public DataType dataType() {
        return kept(DataType.of(Raw.af_mmap_view_data_type(view)));
    }

    /** {@return the extents} */
    public long[] shape() {
        return kept(Memory.longs(Raw.af_mmap_view_shape(view), Raw.af_mmap_view_rank(view)));
    }

    /** {@return bytes from one element to the next along each axis} */
    public long[] strides() {
        return kept(Memory.longs(Raw.af_mmap_view_strides(view), Raw.af_mmap_view_rank(view)));
    }

    /** {@return the number of elements} */
    public long elementCount() {
        return kept(Raw.af_mmap_view_element_count(view));
    }

    /** {@return the length of all elements in bytes} */
    public long byteLength() {
        return kept(Raw.af_mmap_view_data_len(view));
    }

    /** {@return whether the elements may be written in place} */
    public boolean isMutable() {
        return kept(Raw.af_mmap_view_mutable_data(view) != 0);
    }

    /** {@return all elements; read-only unless the view is mutable. More than 2^31 - 1 bytes must be taken in parts} */
    public ByteBuffer buffer() {
        return buffer(0, byteLength());
    }

    /**
     * Some of the elements.
     *
     * @param offset in bytes from the first element
     * @param length in bytes, at most 2^31 - 1
     * @return they in place, in the machine's byte order
     */
    public ByteBuffer buffer(long offset, long length) {
        if (offset < 0 || length < 0 || length > byteLength() - offset) {
            throw new ArrayFormatException.OutOfBounds("bytes " + offset + " to " + offset + " + " + length + " of " + byteLength());
        }
        if (length > Integer.MAX_VALUE) {
            throw new ArrayFormatException.LimitExceeded(length + " bytes are more than a ByteBuffer holds; take them in parts");
        }
        long mutable = Raw.af_mmap_view_mutable_data(view);
        long data = mutable != 0 ? mutable : Raw.af_mmap_view_data(view);
        if (length == 0) {
            return kept(ByteBuffer.allocateDirect(0));
        }
        // Slices and views of a buffer refer to it, and so keep the mapping.
        ByteBuffer buffer = users.add(Memory.buffer(data + offset, length));
        ByteBuffer given = mutable != 0 ? buffer.duplicate() : buffer.asReadOnlyBuffer();
        return kept(given.order(ByteOrder.nativeOrder()));
    }

    /** {@return a tensor over the elements, marked read-only unless the view is mutable; it keeps the mapping alive} */
    public DlpackTensor exportDlpack() {
        return kept(new DlpackTensor(Raw.af_mmap_view_export_dlpack(view)));
    }

    /**
     * Fills two Arrow C Data structs with an array over the elements, which keeps the mapping alive until it is released.
     *
     * @param schema the address of an ArrowSchema
     * @param array the address of an ArrowArray
     */
    public void exportArrow(long schema, long array) {
        kept(Raw.af_mmap_view_export_arrow(view, schema, array));
    }

    // Not collected before the answer is there.
    private <T> T kept(T answer) {
        Reference.reachabilityFence(this);
        return answer;
    }
}
