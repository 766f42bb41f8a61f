export const createOne = () => undefined
export const createTwo = () => undefined
