/** As many tensors as there can be (native/handle_table.h). A longer array is a mistake: it has holes, or fills the memory. */
export const LONGEST = 2 ** 24 - 1;
