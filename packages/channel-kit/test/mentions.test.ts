import { describe, expect, it, test } from 'vitest'
import { nickPattern, takeMention } from '../src/index.ts'

describe('a mention by pattern', () => {
  test.each([
    ['<@U1> hi', 'hi'],
    ['<@U1>: hi', 'hi'],
    ['<@U1>, are you there <@U1>?', 'are you there?'],
    ['hi <@U1>', 'hi'],
    ['tell <@U1> about <@U2>', 'tell about <@U2>'],
    ['<@U1>', ''],
    ['<@U1><@U1> hi', 'hi'],
    ['one\n<@U1>\ntwo', 'one\n\ntwo'],
    ['  code <@U1>   stays', 'code stays'],
  ])('%j → %j', (text, left) => expect(takeMention(text, /<@U1>/)).toEqual({ mentioned: true, text: left }))

  it('changes nothing without one', () => {
    expect(takeMention('  <@U10> hi  ', /<@U1>/)).toEqual({ mentioned: false, text: '  <@U10> hi  ' })
    expect(takeMention('hi', /x*/)).toEqual({ mentioned: false, text: 'hi' })
  })
})

describe('a nick', () => {
  test.each([
    ['claw', 'claw: hi', 'hi'],
    ['claw', 'CLAW, hi', 'hi'],
    ['claw', 'claw : hi', 'hi'],
    ['claw', 'hi @claw', 'hi'],
    ['claw', 'hi @claw, you', 'hi, you'],
    ['claw', 'claw', ''],
    ['claw', ' @claw ', ''],
    ['zoë', 'Zoë: hi', 'hi'],
    ['лапа', 'ЛАПА: hi', 'hi'],
    ['爪', '你好 @爪', '你好'],
    ['c[l]a^w', 'c[l]a^w: hi', 'hi'],
    ['a.b|c-d', 'hi @a.b|c-d!', 'hi!'],
  ])('%j is meant by %j', (nick, text, left) =>
    expect(takeMention(text, nickPattern(nick))).toEqual({ mentioned: true, text: left }),
  )

  test.each([
    ['claw', 'claws: hi'],
    ['claw', 'claw_: hi'],
    ['claw', 'the claw is sharp'],
    ['claw', 'hi claw'],
    ['claw', 'hi @clawed'],
    ['claw', 'hi @claw|away'],
    ['claw', 'hi @claw-2'],
    ['claw', 'mail me@claw now'],
    ['claw', 'hi @@claw'],
    ['claw', 'openclaw: hi'],
    ['zo', 'zoë: hi'],
    ['zoe', 'hi @zoe\u0308'],
    ['爪', '@爪子 hi'],
    ['a.b', 'axb: hi'],
    ['claw', 'first line\nclaw: hi'],
  ])('%j is not meant by %j', (nick, text) =>
    expect(takeMention(text, nickPattern(nick))).toEqual({ mentioned: false, text }),
  )
})
