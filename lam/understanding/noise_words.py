"""The keys, words and clauses that noise draws from: nothing of the training's is among the test's."""

from dataclasses import dataclass
from typing import NamedTuple


class Swap(NamedTuple):
    """A word or several, in lower case, and what may stand in their place."""

    phrase: str
    other: str


@dataclass(frozen=True)
class WordLists:
    """What one side draws from.

    Attributes:
        keys: the neighbours of each letter on a QWERTY keyboard, in its own case.
        homophones: what sounds alike, by its first word.
        synonyms: what means the same, by its first word.
        before: clauses that say nothing, to put before a text.
        after: the same, to put behind one.
    """

    keys: dict[str, str]
    homophones: dict[str, tuple[Swap, ...]]
    synonyms: dict[str, tuple[Swap, ...]]
    before: tuple[str, ...]
    after: tuple[str, ...]


def _keys(*pairs: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in " ".join(pairs).split():
        for key, near in (tuple(pair), tuple(pair[::-1])):
            found[key] = found.get(key, "") + near
            found[key.upper()] = found[key].upper()
    return found


def _swaps(groups: str) -> dict[str, tuple[Swap, ...]]:
    """Read "a/b/c, d>e": any of a, b and c for any other, and e for d."""
    found: dict[str, tuple[Swap, ...]] = {}
    for group in " ".join(groups.split()).split(", "):
        source, one_way, target = group.partition(">")
        names = group.split("/")
        pairs = [(source, target)] if one_way else [(a, b) for a in names for b in names if a != b]
        for phrase, other in pairs:
            first = phrase.partition(" ")[0]
            found[first] = (*found.get(first, ()), Swap(phrase, other))
    return found


def _clauses(lines: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines.strip().splitlines())


TRAINING = WordLists(
    keys=_keys("qw we er rt ty yu ui io op as sd df fg gh hj jk kl zx xc cv vb bn nm"),  # slips sideways
    homophones=_swaps("""
        to/two/too, their/there/they're, buy/by/bye, right/write/rite, where/wear/ware, sent/cent/scent,
        know/no, hear/here, new/knew, one/won, our/hour, would/wood, see/sea, which/witch, whole/hole,
        week/weak, weeks/weaks, mail/male, wait/weight, be/bee, in/inn, some/sum, check/cheque,
        checks/cheques, account/a count, accounts/a counts, transfer/trans fur, transfers/trans furs,
        current/currant, made/maid, way/weigh, road/rode, plane/plain, fair/fare, meet/meat, sale/sail,
        steel/steal, stolen/stole in, great/grate, break/brake, flower/flour, pair/pear, piece/peace,
        past/passed, allowed/aloud, blue/blew, red/read, son/sun, night/knight, mortgage>more gauge,
        debit>debt it, insurance>in sure ants, pending>pen ding, branch>brunch, savings>saving's,
        withdrawal>with drawl, withdraw/with draw, statement>state meant, payment>pay meant,
        payments>pay meants, password/pass word, deposit>the posit, receipt>re seat, refund>re fund,
        fees>fizz, tax/tacks, taxes>tack says, minutes>minute's, months>month's
    """),
    synonyms=_swaps("""
        want/would like, wants>would like, show/display, money/cash, help/assist, buy/purchase,
        bought/purchased, buying/purchasing, start/begin, started/began, quick/fast, phone/telephone,
        car/vehicle, whole/entire, maybe/perhaps, often/frequently, need/require, needs/requires,
        tell me/let me know, shop/store, shops/stores, big/large, bigger/larger, happened/occurred,
        happens/occurs, wrong/incorrect, holiday/vacation, flat/apartment, dollars/bucks,
        cheap/inexpensive, fee>charge, fees>charges, close my/shut my, broken/out of order,
        ask for/request, notify/alert, at once/right away, immediately/straight away, now>right now,
        people/folks, child/kid, children/kids, friend/buddy, friends/buddies, sure/certain,
        hard/difficult, easy/simple, explain/clarify, reason>cause, finish/complete, finished/completed,
        stop>halt, choose/select, chose/selected, allow/permit, allowed/permitted, check my/look up my,
        how much money/what amount of money, is it possible to/am i able to, can i/may i,
        do you>do you guys, every/each, a lot of/plenty of, enough>sufficient, abroad/overseas,
        company/firm, opening hours/business hours, nearest/closest, near/close to, find/locate,
        waiting for/awaiting, arrive/turn up, arrived/turned up, arrives>turns up, still>even now,
        because>seeing that, but>however, really/truly, very/extremely, happy/glad, sad/unhappy,
        angry/furious, great/excellent, terrible/awful, nice/lovely, answer/reply, question/query,
        talk to/speak with, stuff/things, it is/it's, that is/that's, there is/there's,
        how do i/how can i, without/with no, must/have to, yet/so far, put>place, and>and also,
        could not/couldn't, would not/wouldn't, was not/wasn't, i will/i'll, i would/i'd
    """),
    before=_clauses("""
        so my sister was saying that i should write, and
        sorry to bother you,
        ok so here's the thing,
        i hope this is the right place,
        quick one for you,
        if it isn't too much trouble,
        i've never used a chat like this, but
        my colleague told me you're good at this:
        it's probably a silly question, but
        bear with me, i'm typing with one hand,
        before i forget,
        hope you're having a nice time over there,
        i couldn't find it anywhere, so
        well, you see,
        not sure how to put it,
        excuse my english,
    """),
    after=_clauses("""
        i'm on the train, so the connection is a bit shaky
        sorry if that came out confusing
        hope that makes sense
        the kids are screaming in the background, by the way
        no rush at all
        that's what i've been wondering about
        if you don't mind
        my tea is getting cold meanwhile
        just so you know, i'm not very good with computers
        i'd really appreciate it
        take all the time that you like
        lovely weather here, anyhow
    """),
)

TEST = WordLists(
    keys=_keys(  # slips up and down
        "qa wa ws es ed rd rf tf tg yg yh uh uj ij ik ok ol pl",
        "az sz sx dx dc fc fv gv gb hb hn jn jm km",
    ),
    homophones=_swaps("""
        for/four/fore, i/eye/aye, your/you're/yore, do/dew/due, need/knead/kneed, or/oar/ore, so/sew/sow,
        freeze/frees/frieze, sight/site/cite, you/ewe, its/it's, not/knot, what/watt, been/bean,
        than/then, we/wee, all/awl, eight/ate, time/thyme, days/daze, loan/lone, cash/cache, pin>pen,
        please/pleas, who's/whose, weather/whether, wrap/rap, higher/hire, board/bored, course/coarse,
        key/quay, main/mane, principal/principle, role/roll, stationary/stationery, tail/tale,
        through/threw, toe/tow, waist/waste, war/wore, won't/wont, ring/wring, cell/sell, seller/cellar,
        euros>you rose, euro>you row, money>many, card>cart, cards>carts, currency>currents see,
        exchange>ex change, overdraft>over draft, balance>bal ants, number>numb her, cancel>can sell,
        address/a dress, receive>re sieve, online/on line, purchase>perch is, limit>limb it,
        activate>active ate, machine>ma sheen, customer>custom her, invoice/in voice, credit>cred it,
        counter>count her, landlord/land lord, somebody/some body, altogether/all together,
        already/all ready, maybe/may be, anyone/any one
    """),
    synonyms=_swaps("""
        i'd like to/i'm looking to, transfer/wire, transferred/wired, transferring/wiring,
        pay for/cover the cost of, account>bank account, my card>my bank card, the card>the bank card,
        new>brand new, my old/my previous, lost/mislaid, stolen/nicked, declined/turned down,
        refused/rejected, doesn't work/doesn't function, not working/not functioning, problem/issue,
        problems/issues, fix/sort out, solve/resolve, give me/hand me, get my>receive my, get a>obtain a,
        how long/how much time, how many/what number of, why/for what reason, when will/how soon will,
        where can i/at which place can i, what is/what's, i am/i'm, i've>i have, do not/don't,
        cannot/can't, does not/doesn't, is not/isn't, have not/haven't, has not/hasn't, did not/didn't,
        could you/would you be able to, can you/are you able to, please>if you please,
        mobile phone/cell phone, app>mobile app, atm/cash machine, salary/wages, euros/eur, pounds/quid,
        expensive/costly, price>cost, withdraw>take out, withdrew>took out,
        deposit money/pay money in, deposit cash/pay cash in, a refund/a reimbursement,
        my refund/my reimbursement, delete/remove, open a>set up a, cancel>call off, increase/raise,
        decrease>lower, statement>account statement, my balance>my account balance, quickly/rapidly,
        soon/shortly, as soon as possible/asap, currently/at the moment, again/once more,
        another/one more, always/every time, never>not once, only/merely, already/by now,
        someone/somebody, anyone/anybody, nobody/no one, everyone/everybody, everything>all of it,
        nothing>not a thing, trip/journey, street/road, see my/view my, see the/view the, think/reckon,
        said/stated, guess/suppose, understand/grasp, awesome/fantastic, pathetic/pitiful, rude/impolite,
        from my>out of my, use/make use of, using/making use of, do i have>have i got, go to>head to,
        smart/clever, amount/sum, proof/evidence, customer/client, customers/clients, staff/personnel
    """),
    before=_clauses("""
        pardon the interruption,
        right, let me think how to say it,
        my neighbour swears by this service, so
        i know you must be busy, still
        just sitting here with my coffee and wondering,
        you've probably been asked that before:
        alright, listen,
        my dad insists that i find out, so
        long story short,
        oh, there's one thing,
        i'm a little embarrassed, but
        forgive me if i'm mistaken here,
        it's been such a hectic stretch, anyhow,
        as i was telling my flatmate,
        could be that i'm missing something obvious,
        let's get straight to it:
    """),
    after=_clauses("""
        apologies for the long message
        the dog wants out, so i may be slow to write back
        that would make me very happy
        my glasses are somewhere else, so excuse the spelling
        whenever it suits you
        you'd be doing me a favour
        i'm writing from the sofa, by the way
        curious what you'll say
        at least that's how i see it
        i do hope i'm not being a nuisance
        honestly, it has been on my mind a lot
        good grief, this keyboard is tiny
    """),
)
