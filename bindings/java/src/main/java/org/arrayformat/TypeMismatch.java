package org.arrayformat;

/** Whether a dataset may give a variable or an attribute another type than the others do. */
public enum TypeMismatch {
    /** It may. */
    ALLOW,
    /** Unless both widen to a common one, it is {@link ArrayFormatException.DtypeMismatch}. */
    ERROR
}
