export const createOld = () => ({ languageModel: () => ({ specificationVersion: 'v2' }) })
