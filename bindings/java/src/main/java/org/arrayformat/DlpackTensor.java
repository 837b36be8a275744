package org.arrayformat;

/** A DLPack tensor (struct DLManagedTensorVersioned), to be handed to other native code. */
public final class DlpackTensor implements AutoCloseable {
    // Of `deleter` in the struct.
    private static final int DELETER_OFFSET = 16;

    private long address;

    /**
     * A tensor that another library exported. Closing it calls its deleter.
     *
     * @param address of the struct
     */
    public DlpackTensor(long address) {
        this.address = address;
    }

    /** {@return the address of the struct} */
    public synchronized long address() {
        if (address == 0) {
            throw new IllegalStateException("this DlpackTensor is closed");
        }
        return address;
    }

    /**
     * Gives the tensor away: who gets the address calls the deleter.
     *
     * @return the address of the struct
     */
    public synchronized long release() {
        long given = address();
        address = 0;
        return given;
    }

    /** Calls the deleter, unless the tensor was given away or closed before. */
    @Override
    public synchronized void close() {
        if (address != 0) {
            long tensor = release();
            long deleter = Memory.longs(tensor + DELETER_OFFSET, 1)[0];
            if (deleter != 0) {
                Memory.call(deleter, tensor);
            }
        }
    }
}
