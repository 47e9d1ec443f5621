/**
 * What a record is, for screens and the engine: rules, descriptions, code labels. Generated data plus small pure helpers.
 * Forms (`./forms`) and long code lists are loaded when a screen needs them.
 */
export * from './shapes'
export { getRules, listRules } from './rules'
export { findField, fieldsOf, getKind } from './kinds'
export { categorySensitivity, codeList, codesFor, codesWhere, findCode, label, loadCodes, shortLabel } from './codes'
export { ageOn, birthDate, countMinors, isHead, day, isApproved, listElements, listMembers, memberAge, readElements, shownValue, shownValues, text, texts, type Member } from './people'
export { addressLine, dueOf, householdCategories, planInForce, readRisk, summarize, visitFacts, type Risk, type RiskLevel, type Summary } from './summary'
export { findDue, ruleLabel, VISIT_RULES, type Due, type VisitFacts, type VisitRules } from './due'
export type { LocalRules } from './local'
export { isRealDate, readCertificate, readIdNumber, type IdNumber } from './idNumber'
export { findSamePersons, findSemanticConflicts, semanticLine, semanticRules, type SemanticConflict, type SemanticLine, type SemanticRules } from './semantic'
