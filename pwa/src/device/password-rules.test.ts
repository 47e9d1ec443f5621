import { describe, expect, test } from 'vitest'
import { checkPassword } from './password-rules'

const MLPS = { name: 'mlps', password_length_min: 10, password_classes_min: 3, refuse_common: 1, kept_former: 5 }
const DEFAULT = { ...MLPS, name: 'default', password_classes_min: 0, kept_former: 0 }

describe('a password', () => {
  test.each(['zhangwei1985', 'WoAiNi1314520', 'qwertyuiop', '1q2w3e4r5t', '1234567890', 'liwei888888'])('%s is among the first that are tried', async (password) => {
    await expect(checkPassword(password, DEFAULT)).rejects.toMatchObject({ code: 'password_common' })
  })

  test('of one’s own is taken, and by the default profile whatever characters it is made of', async () => {
    await expect(checkPassword('院子里有三棵枣树结果了', DEFAULT)).resolves.toBeUndefined()
    await expect(checkPassword('threedatetreesbythewell', DEFAULT)).resolves.toBeUndefined()
  })

  test('needs three kinds of characters where the station is assessed', async () => {
    await expect(checkPassword('threedatetreesbythewell', MLPS)).rejects.toMatchObject({ code: 'password_classes' })
    await expect(checkPassword('Three3datetrees', MLPS)).resolves.toBeUndefined()
    await expect(checkPassword('院子里有3棵tree枣树结果', MLPS)).resolves.toBeUndefined()
    await expect(checkPassword('Aa1!', MLPS)).rejects.toMatchObject({ code: 'password_short' })
  })
})
